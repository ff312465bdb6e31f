import { badRequest } from "../http-error.ts";

/** Numbers that open a section of a dump; the last one ends it. */
export const SECTIONS = { users: -1, items: -2, feedback: -3, end: 0 } as const;

export type SectionName = Exclude<keyof typeof SECTIONS, "end">;

export interface Frame {
  readonly section: SectionName;
  readonly bytes: Uint8Array;
}

/** Larger records are refused: a row of this size is no row. */
export const MAX_RECORD_BYTES: number = 8 * 1024 * 1024;

const SIZE_BYTES = 8;

/** A number of a dump: sizes of records are positive, sections are not. */
export function encodeNumber(value: number): Uint8Array {
  const bytes = Buffer.alloc(SIZE_BYTES);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

/**
 * Cuts a dump into its records. Holds one piece of the source and one record. What follows the end is not looked at: Gorse appends its statistics.
 *
 * @throws {HttpError} 400 for a section that is unknown, a record that is too large, or a dump that ends before its end
 */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const reader = new ByteReader(source);
  let section: SectionName | undefined;
  for (;;) {
    const number = Number((await reader.take(SIZE_BYTES)).readBigInt64LE());
    if (number === SECTIONS.end) break;
    if (number < 0) section = sectionOf(number);
    else {
      if (section === undefined) throw badRequest("the dump does not start with a section: it is no dump");
      if (number > MAX_RECORD_BYTES) throw badRequest(`a record of ${number} bytes is larger than ${MAX_RECORD_BYTES} bytes`);
      yield { section, bytes: await reader.take(number) };
    }
  }
  await reader.drain();
}

function sectionOf(number: number): SectionName {
  for (const name of ["users", "items", "feedback"] as const) if (SECTIONS[name] === number) return name;
  throw badRequest(`unknown section ${number}: it is no dump, or one of another release`);
}

/** Takes as many bytes as are wanted from a source that comes in pieces of its own size. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @throws {HttpError} 400 when fewer are left */
  async take(count: number): Promise<Buffer> {
    if (this.#rest.length < count) await this.#fill(count);
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  /** Lets the sender finish: he listens only then. */
  async drain(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }

  async #fill(count: number): Promise<void> {
    const pieces: Uint8Array[] = [this.#rest];
    let sizeBytes = this.#rest.length;
    while (sizeBytes < count) {
      const next = await this.#source.next();
      if (next.done === true) throw badRequest("unexpected EOF");
      pieces.push(next.value);
      sizeBytes += next.value.length;
    }
    this.#rest = Buffer.concat(pieces);
  }
}
