import { feedbackAnswer, scoresAnswer, userAnswer } from "../response-schemas.ts";
import { writeFeedback, writeItem, writeUser } from "../wire/json-writer.ts";
import type { Dialect } from "./dialect.ts";

/** Gorse v0.5.11. */
export const v05: Dialect = {
  userAnswer,
  feedbackAnswer,
  rankedAnswer: scoresAnswer,
  rankedQuery: ["n", "offset", "category", "user-id"],
  listsZeroTimes: true,
  checkLabels: () => undefined,
  writeUser,
  writeItem,
  writeFeedback,
};
