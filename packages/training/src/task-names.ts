import type { ModelKindName } from "./training-options.ts";

/** Names of the master's tasks, as Gorse's dashboard shows them. */
export const taskNames = {
  load: "Load Dataset",
  leaderboards: "Generate non-personalized recommendation",
  itemToItem: "Generate item-to-item recommendation",
  userToUser: "Generate user-to-user recommendation",
  itemSearch: "Index Items for Search",
  garbage: "Collect Garbage in Cache",
} as const;

/** The same of the fits. */
export const fitTaskNames: Readonly<Record<ModelKindName, string>> = {
  collaborative: "Train Collaborative Filtering Model",
  click: "Train Click-Through Rate Prediction Model",
  fusion: "Publish Weights of Recommenders",
};

/** The same of the searches for better parameters. */
export const searchTaskNames: Readonly<Record<ModelKindName, string>> = {
  collaborative: "Optimize Collaborative Filtering Model",
  click: "Optimize Click-Through Rate Prediction Model",
  fusion: "Optimize Weights of Recommenders",
};
