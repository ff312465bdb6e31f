/** Reads what `ByteWriter` wrote. Reading beyond the end throws `RangeError`, before anything is allocated. */
export class ByteReader {
  readonly #buffer: Buffer;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** Whole number up to 2^32 - 1. */
  uint(): number {
    let value = 0;
    for (let weight = 1; weight < 2 ** 32; weight *= 0x80) {
      const byte = this.#view.getUint8(this.#take(1));
      value += (byte % 0x80) * weight;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number has too many bytes");
  }

  text(): string {
    const sizeBytes = this.uint();
    const start = this.#take(sizeBytes);
    return this.#buffer.toString("utf8", start, start + sizeBytes);
  }

  /** Everything up to the end; `isAscii` takes the fast way. */
  lastText(isAscii: boolean): string {
    const start = this.#take(this.#buffer.length - this.#position);
    return this.#buffer.toString(isAscii ? "latin1" : "utf8", start);
  }

  floatColumn(size: number): Float32Array | Float64Array {
    const width = this.#view.getUint8(this.#take(1));
    if (width !== 4 && width !== 8) throw new RangeError(`no score is ${width} bytes wide`);
    const start = this.#take(width * size);
    const column = width === 4 ? new Float32Array(size) : new Float64Array(size);
    for (let index = 0; index < size; index++) {
      const position = start + width * index;
      column[index] = width === 4 ? this.#view.getFloat32(position, true) : this.#view.getFloat64(position, true);
    }
    return column;
  }

  uintColumn(size: number): Uint8Array | Uint32Array {
    const width = this.#view.getUint8(this.#take(1));
    const start = this.#take(width * size);
    if (width === 1) return this.#buffer.subarray(start, start + size);
    if (width !== 2 && width !== 4) throw new RangeError(`no column is ${width} bytes wide`);
    const column = new Uint32Array(size);
    for (let index = 0; index < size; index++) column[index] = this.#buffer.readUIntLE(start + width * index, width);
    return column;
  }

  /** Moves over that many bytes. @returns where they begin */
  #take(sizeBytes: number): number {
    const start = this.#position;
    if (start + sizeBytes > this.#buffer.length) throw new RangeError("the bytes end too early");
    this.#position = start + sizeBytes;
    return start;
  }
}
