import type { JsonValue } from "@furze/core";
import { z } from "@hono/zod-openapi";
import { describeLabels } from "./labels-description.ts";

// What answers look like; for the OpenAPI document only, answers are never checked at run time.

const labels = describeLabels(z.custom<JsonValue>((value) => value !== undefined));
const time = z.string().openapi({ format: "date-time" });

export const userAnswer: z.ZodObject = z
  .object({ UserId: z.string(), Labels: labels, Comment: z.string() })
  .openapi("UserAnswer");

export const itemAnswer: z.ZodObject = z
  .object({
    ItemId: z.string(),
    IsHidden: z.boolean(),
    Categories: z.array(z.string()).nullable(),
    Timestamp: time,
    Labels: labels,
    Comment: z.string(),
  })
  .openapi("ItemAnswer");

export const feedbackAnswer: z.ZodObject = z
  .object({
    FeedbackType: z.string(),
    UserId: z.string(),
    ItemId: z.string(),
    Value: z.number(),
    Timestamp: time,
    Updated: time,
    Comment: z.string(),
  })
  .openapi("FeedbackAnswer");

export const successAnswer: z.ZodType = z.object({ RowAffected: z.number().int() }).openapi("Success");

export const scoresAnswer: z.ZodType = z.array(z.object({ Id: z.string(), Score: z.number() }).openapi("Score"));

/** Ids; with `X-API-Version: 2` scores; with `details` the sources and the model as well. */
export const recommendAnswer: z.ZodType = z.union([
  z.array(z.string()),
  z.array(
    z
      .object({
        Id: z.string(),
        Score: z.number(),
        Sources: z.array(z.string()).optional().openapi({ description: "Recommenders that proposed the item" }),
        ModelId: z.string().optional().openapi({ description: "Model that scored the item; empty when none did" }),
      })
      .openapi("Recommendation"),
  ),
]);

export const itemsPage: z.ZodType = pageOf("Items", itemAnswer);

export const healthAnswer: z.ZodType = z
  .object({
    Ready: z.boolean(),
    DataStoreError: z.string().nullable(),
    CacheStoreError: z.string().nullable(),
    DataStoreConnected: z.boolean(),
    CacheStoreConnected: z.boolean(),
  })
  .openapi("HealthStatus");

export const measurementsAnswer: z.ZodType = z.array(
  z.object({ Name: z.string(), Timestamp: time, Value: z.number() }).openapi("Measurement"),
);

export const tasksAnswer: z.ZodType = z.array(
  z
    .object({
      Tracer: z.string(),
      Name: z.string(),
      Status: z.enum(["Pending", "Running", "Complete", "Suspended", "Failed"]),
      Error: z.string(),
      Count: z.number(),
      Total: z.number(),
      StartTime: time,
      FinishTime: time,
    })
    .openapi("Task"),
);

export const startedAnswer: z.ZodType = z.object({ Started: z.boolean() }).openapi("Started");

export const clusterAnswer: z.ZodType = z.array(
  z
    .object({ UUID: z.string(), Hostname: z.string(), Type: z.string(), Version: z.string(), UpdateTime: time })
    .openapi("ClusterNode"),
);

const scored = { Score: z.number() };

export const scoredItemsAnswer: z.ZodType = z.array(itemAnswer.extend(scored).openapi("ScoredItem"));

export const scoredUsersAnswer: z.ZodType = z.array(userAnswer.extend(scored).openapi("ScoredUser"));

export const userActivityAnswer: z.ZodType = userAnswer
  .extend({
    LastActiveTime: time.openapi({ description: "Time of his newest feedback" }),
    LastUpdateTime: time.openapi({ description: "When his recommendations were made" }),
  })
  .openapi("UserActivity");

export const feedbackWithItemAnswer: z.ZodType = z
  .object({
    FeedbackType: z.string(),
    UserId: z.string(),
    Item: itemAnswer,
    Value: z.number(),
    Timestamp: time,
    Comment: z.string(),
  })
  .openapi("FeedbackWithItem");

export const namesAnswer: z.ZodType = z.array(z.string());

export const configAnswer: z.ZodType = z.record(z.string(), z.unknown());

export const userInfoAnswer: z.ZodType = z.union([
  z
    .object({
      ...{ name: z.string(), family_name: z.string(), given_name: z.string(), middle_name: z.string(), nickname: z.string() },
      ...{ picture: z.string(), updated_at: z.string(), email: z.string(), email_verified: z.boolean(), auth_type: z.string() },
    })
    .openapi("UserInfo"),
  z.null(),
]);

export const promptAnswer: z.ZodType = z.object({ query: z.string(), documents: z.array(z.string()) }).openapi("FilledPrompt");

export const restoredAnswer: z.ZodType = z
  .object({
    Users: z.int(),
    Items: z.int(),
    Feedback: z.int(),
    Duration: z.int().openapi({ description: "Nanoseconds" }),
  })
  .openapi("Restored");

export const statsAnswer: z.ZodType = z
  .object({
    BinaryVersion: z.string(),
    NumServers: z.int(),
    NumWorkers: z.int(),
    NumUsers: z.int(),
    NumItems: z.int(),
    NumUserLabels: z.int(),
    NumItemLabels: z.int(),
    NumTotalPosFeedback: z.int(),
    NumValidPosFeedback: z.int(),
    NumValidNegFeedback: z.int(),
    PopularItemsUpdateTime: time,
    LatestItemsUpdateTime: time,
    MatchingModelFitTime: time,
    MatchingModelScore: z.object({ NDCG: z.number(), Precision: z.number(), Recall: z.number() }),
    RankingModelFitTime: time,
    RankingModelScore: z.object({
      RMSE: z.number(),
      Precision: z.number(),
      Recall: z.number(),
      Accuracy: z.number(),
      AUC: z.number(),
    }),
  })
  .openapi("Stats");

/** A page of rows: `{"Cursor": ..., "Users": [...]}`. */
export function pageOf(name: string, row: z.ZodType): z.ZodType {
  return z
    .object({ Cursor: z.string().openapi({ description: "Empty after the last row" }), [name]: z.array(row) })
    .openapi(`${name}Page`);
}
