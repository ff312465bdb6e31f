/** Rows of one piece of a file: large enough to be cheap, small enough that nobody waits for it. */
const PIECE_ROWS = 500;

/**
 * The pieces of a file as the body of an answer, made only as fast as they are taken. When making them fails the answer breaks off, so that the
 * file does not look whole; when the reader leaves they are not made any more.
 */
export function fileStream(pieces: AsyncIterable<Uint8Array>, onError: (error: unknown) => void): ReadableStream<Uint8Array> {
  return ReadableStream.from(observed(pieces, onError));
}

async function* observed(pieces: AsyncIterable<Uint8Array>, onError: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    onError(error);
    throw error;
  }
}

/** Batches of rows as pieces of a file. */
export async function* piecesOf<Row>(
  batches: AsyncIterable<readonly Row[]>,
  encode: (rows: readonly Row[]) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  for await (const rows of batches) {
    for (let start = 0; start < rows.length; start += PIECE_ROWS) yield encode(rows.slice(start, start + PIECE_ROWS));
  }
}
