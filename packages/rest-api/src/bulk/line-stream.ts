/** Rows of one piece of an answer: large enough to be cheap, small enough that nobody waits for it. */
const PIECE_ROWS = 500;

/**
 * Rows as a stream of lines, written only as fast as they are taken. A scan that fails breaks the stream off, so that the file does not look whole;
 * a reader that leaves ends the scan.
 */
export function lineStream<Row>(
  batches: AsyncIterable<readonly Row[]>,
  write: (row: Row) => string,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces(batches, write, onError));
}

async function* pieces<Row>(
  batches: AsyncIterable<readonly Row[]>,
  write: (row: Row) => string,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const rows of batches) {
      for (let start = 0; start < rows.length; start += PIECE_ROWS) {
        const lines = rows.slice(start, start + PIECE_ROWS).map((row) => `${write(row)}\n`);
        yield Buffer.from(lines.join(""));
      }
    }
  } catch (error) {
    onError(error);
    throw error;
  }
}
