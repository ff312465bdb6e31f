import { readLines } from "./read-lines.ts";
import { RowBatches, type RowImport, withProgress } from "./row-batches.ts";

/**
 * Stores a file of JSON lines, batch by batch; empty lines are passed over. While a batch is stored nothing more is read, so a sender that is
 * faster than the store has to wait.
 *
 * @returns how many rows were accepted
 * @throws {HttpError} for a line that is not valid, with its number (from 1) and how many lines before it are stored, which all are
 */
export async function importRows<Row>(source: AsyncIterable<Uint8Array>, target: RowImport<string, Row>): Promise<number> {
  const batches = new RowBatches(target);
  let isFirst = true;
  try {
    for await (const lines of readLines(source)) {
      for (const line of lines) {
        // Editors of some systems put a byte order mark before the first line.
        const text = isFirst && line.startsWith("\uFEFF") ? line.slice(1) : line;
        isFirst = false;
        if (text.trim() === "") batches.skip();
        else await batches.add(text, text.length);
      }
    }
    await batches.store();
  } catch (error) {
    throw withProgress(error, describeStored(batches.numStored));
  }
  return batches.numAccepted;
}

function describeStored(numLines: number): string {
  if (numLines === 0) return "nothing is stored";
  return numLines === 1 ? "the first line is stored" : `the first ${numLines} lines are stored`;
}
