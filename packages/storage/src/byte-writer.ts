const INITIAL_BYTES = 4096;

/** Bytes that grow at the end; numbers are little-endian. */
export class ByteWriter {
  #buffer: Buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;

  /** Begins anew in the same buffer. */
  clear(): void {
    this.#length = 0;
  }

  /** @param value whole number, 0 to 2^32 - 1 */
  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. @param value whole number, 0 to 2^32 - 1 */
  uint(value: number): void {
    this.#reserve(5);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80))
      this.#length = this.#buffer.writeUInt8((rest % 0x80) + 0x80, this.#length);
    this.#length = this.#buffer.writeUInt8(rest, this.#length);
  }

  /** UTF-8 behind its length in bytes. */
  text(value: string): void {
    const sizeBytes = Buffer.byteLength(value);
    this.uint(sizeBytes);
    this.#reserve(sizeBytes);
    this.#length += this.#buffer.write(value, this.#length);
  }

  /** UTF-8 without its length: the last thing written. */
  lastText(value: string): void {
    this.#reserve(Buffer.byteLength(value));
    this.#length += this.#buffer.write(value, this.#length);
  }

  /** Numbers in 4 bytes each when that loses nothing, as with those that models compute, else 8; the width stands before them. */
  floatColumn(values: readonly number[]): void {
    const width = values.every((value) => Math.fround(value) === value) ? 4 : 8;
    this.#reserve(1 + width * values.length);
    this.#length = this.#buffer.writeUInt8(width, this.#length);
    if (width === 4) for (const value of values) this.#length = this.#buffer.writeFloatLE(value, this.#length);
    else for (const value of values) this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  /** Whole numbers, each in as many bytes as the largest needs: 1, 2 or 4, which stands before them. */
  uintColumn(values: readonly number[]): void {
    let largest = 0;
    for (const value of values) if (value > largest) largest = value;
    const width = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
    this.#reserve(1 + width * values.length);
    this.#length = this.#buffer.writeUInt8(width, this.#length);
    for (const value of values) this.#length = this.#buffer.writeUIntLE(value, this.#length, width);
  }

  /** What was written, as a view that stays valid until the next write. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + sizeBytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
