import { HttpError } from "../http-error.ts";

/** Longer lines are refused: a row of this size is no row. */
export const MAX_LINE_BYTES: number = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines, as many at a time as a piece of the stream completes. The last line needs no newline.
 * Holds one piece and one unfinished line.
 *
 * @throws {HttpError} 413 for a line above `MAX_LINE_BYTES`
 */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let unfinished: Buffer[] = [];
  let unfinishedBytes = 0;
  let numLines = 0;
  for await (const bytes of source) {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const rest = piece.subarray(start, end);
      lines.push(unfinished.length === 0 ? rest.toString() : Buffer.concat([...unfinished, rest]).toString());
      unfinished = [];
      unfinishedBytes = 0;
      start = end + 1;
    }
    unfinished.push(piece.subarray(start));
    unfinishedBytes += piece.length - start;
    numLines += lines.length;
    if (lines.length > 0) yield lines;
    if (unfinishedBytes > MAX_LINE_BYTES) {
      throw new HttpError(413, `line ${numLines + 1} is longer than ${MAX_LINE_BYTES} bytes`);
    }
  }
  if (unfinishedBytes > 0) yield [Buffer.concat(unfinished).toString()];
}
