import type { Feedback, Item, JsonValue, User } from "@furze/core";
import type { z } from "@hono/zod-openapi";
import { v04 } from "./v04.ts";
import { v05 } from "./v05.ts";

/** Version of Gorse whose requests and answers are spoken where they differ. */
export type Compatibility = "v0.5" | "v0.4";

/** What differs between the versions. */
export interface Dialect {
  /** Schemas of answers, for the OpenAPI document. */
  readonly userAnswer: z.ZodType;
  readonly feedbackAnswer: z.ZodType;
  /** A ranked list of items. */
  readonly rankedAnswer: z.ZodType;
  /** Query parameters of a ranked list of items. */
  readonly rankedQuery: readonly string[];
  /** Whether items without a time are among the newest. */
  readonly listsZeroTimes: boolean;
  /** @param struct name of the type in messages, `User` @throws {HttpError} 400 */
  checkLabels(labels: JsonValue, struct: string): void;
  writeUser(user: User, depth?: number): string;
  writeItem(item: Item, depth?: number): string;
  writeFeedback(row: Feedback, depth?: number): string;
}

export const DIALECTS: Readonly<Record<Compatibility, Dialect>> = { "v0.4": v04, "v0.5": v05 };
