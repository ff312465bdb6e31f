export { InvalidRowError } from "./invalid-row-error.ts";
export { type RecordSource, readMovieLens } from "./movielens.ts";
export { readFeedback, readItems, readUsers } from "./read-records.ts";
export type { FileReaderOptions, ReadableBatches, ReaderOptions } from "./reader-options.ts";
