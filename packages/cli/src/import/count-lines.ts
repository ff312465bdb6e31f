import { createReadStream } from "node:fs";

const NEWLINE = 10;

/** Lines of a file, for a progress bar: a quick pass that does not look at what is in them. */
export async function countLines(file: string, signal?: AbortSignal): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) })) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  }
  return lines;
}
