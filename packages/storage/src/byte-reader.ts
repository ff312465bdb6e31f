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

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  text(): string {
    const sizeBytes = this.uint32();
    const start = this.#take(sizeBytes);
    return this.#buffer.toString("utf8", start, start + sizeBytes);
  }

  /** Everything up to the end; `isAscii` takes the fast way. */
  lastText(isAscii: boolean): string {
    const start = this.#take(this.#buffer.length - this.#position);
    return this.#buffer.toString(isAscii ? "latin1" : "utf8", start);
  }

  float64Column(size: number): Float64Array {
    const start = this.#take(8 * size);
    const column = new Float64Array(size);
    for (let index = 0; index < size; index++) column[index] = this.#view.getFloat64(start + 8 * index, true);
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
