import type { CallOptions, Clock, Feedback } from "@furze/core";
import { type Dataset, randomSplit, type UserItemMatrix } from "@furze/dataset";
import { Als } from "@furze/matrix-factorization";
import { encodeCollaborativeModel, type HistorySource, ModelSet, Pipeline, type PipelineOptions } from "@furze/recommend";
import { type CacheStore, type DataStore, packFeedback } from "@furze/storage";
import { fitEnsemble } from "../tasks/ensemble.ts";
import { makeItemNeighborLists, makeUserNeighborLists } from "../tasks/neighbor-lists.ts";
import { type FactorParameters, factorModel } from "./factor-parameters.ts";
import { HeldOutLists } from "./held-out-lists.ts";
import type { FusionSample } from "./search-fusion.ts";

export interface FusionSamplesOptions extends CallOptions {
  readonly dataStore: DataStore;
  /** Leaderboards are read from here: one user's feedback hardly moves them. */
  readonly cacheStore: Pick<CacheStore, "getLists">;
  readonly clock: Clock;
  readonly pipeline: PipelineOptions;
  readonly dataset: Dataset;
  /** Parameters that a search has found for the factor model. Default: those of `Als`. */
  readonly factors?: FactorParameters | undefined;
  /** Users to ask for at most, > 0. Default 4,000: with fewer, chance decides. */
  readonly maxUsers?: number | undefined;
  /** Seed of the split; a safe integer. Default 0. */
  readonly seed?: number | undefined;
}

/** Share of the positive feedback that the recommenders do not get to see. */
const HELD_OUT_SHARE = 0.2;
const DEFAULT_MAX_USERS = 4000;
const BATCH_USERS = 256;

/**
 * Holds a fifth of the positive feedback out, makes neighbor lists and a factor model from the rest, and asks each recommender of the pipeline for
 * users, evenly chosen among those who have feedback in both parts.
 *
 * Cost: like a training cycle without leaderboards, but lists are made only for those users and what they like.
 */
export async function fusionSamples(options: FusionSamplesOptions): Promise<FusionSample[]> {
  const { dataset, pipeline, dataStore, clock, signal, maxUsers = DEFAULT_MAX_USERS, seed = 0 } = options;
  const { train, test } = randomSplit(dataset.positive, { fraction: HELD_OUT_SHARE, seed });
  const users = evenly(usersInBoth(train, test), maxUsers);
  const cacheStore = await heldOutLists(options, train, users);
  const models = await heldOutModels(options, train);
  try {
    const { ranker: _ranker, ...unranked } = pipeline;
    const { users: userStore, items } = dataStore;
    const histories = withoutHeldOut(dataStore, dataset, test);
    const view = new Pipeline(unranked, {
      ...{ cacheStore, clock, models },
      dataStore: { users: userStore, items, ...histories },
    });
    await view.space.load({ signal });
    const samples: FusionSample[] = [];
    for (let start = 0; start < users.length; start += BATCH_USERS) {
      const batch = [...users.subarray(start, start + BATCH_USERS)];
      const userIds = batch.map((user) => dataset.userIds.idOf(user));
      const requests = (await view.histories.load(userIds, { signal })).map((history) => view.requestFor(history));
      const lists = await view.candidatesOf(pipeline.recommenders, requests, { limit: pipeline.cacheSize, signal });
      for (const [position, sources] of lists.entries()) {
        const relevant = spaceItems(view, dataset, test, batch[position] as number);
        samples.push({ sources, relevant: new Set(relevant) });
      }
    }
    return samples;
  } finally {
    models.dispose();
  }
}

async function heldOutLists(options: FusionSamplesOptions, positive: UserItemMatrix, users: Int32Array): Promise<HeldOutLists> {
  const { dataset, pipeline, clock, signal } = options;
  const cacheStore = new HeldOutLists(options.cacheStore);
  const { itemToItem, userToUser, cacheSize, listTtlMs } = pipeline;
  const used = <Named extends { readonly name: string }>(kind: string, named: readonly Named[]): Named[] =>
    named.filter(({ name }) => pipeline.recommenders.includes(`${kind}/${name}`));
  const items = new Set(Iterator.from(users).flatMap((user) => rowOf(positive, user)));
  const lists = { dataset: { ...dataset, positive }, cacheStore, limit: cacheSize, nowMs: clock.now(), listTtlMs, signal };
  const itemRows = Int32Array.from(items);
  await makeItemNeighborLists({ ...lists, recommenders: used("item-to-item", itemToItem), rows: itemRows });
  await makeUserNeighborLists({ ...lists, recommenders: used("user-to-user", userToUser), rows: users });
  return cacheStore;
}

/** Factor models of the part that is not held out, for the epochs of the parameters: there is nothing left to choose them by. */
async function heldOutModels(options: FusionSamplesOptions, positive: UserItemMatrix): Promise<ModelSet> {
  const models = new ModelSet();
  const { dataset, pipeline, factors: parameters, signal } = options;
  const isUsed = (name: string): boolean => pipeline.recommenders.includes(name);
  const members = (pipeline.ensemble ?? []).filter(({ name }) => isUsed(`collaborative/${name}`));
  if (!isUsed("collaborative") && members.length === 0) return models;
  const fitter = parameters === undefined ? new Als() : factorModel(parameters);
  using factors = await fitter.fit(positive, { signal });
  using ensemble = await fitEnsemble({ matrix: positive, ensemble: members, tuned: parameters, signal });
  const { userIds, itemIds } = dataset;
  const bytes = encodeCollaborativeModel({ modelId: "held-out", userIds, itemIds, factors, ensemble });
  const ref = { kind: "collaborative", modelId: "held-out", sha256: "" };
  await models.update([ref], () => Promise.resolve(bytes));
  return models;
}

function usersInBoth(train: UserItemMatrix, test: UserItemMatrix): Int32Array {
  const users: number[] = [];
  for (let user = 0; user < train.numUsers; user++)
    if (rowOf(train, user).length > 0 && rowOf(test, user).length > 0) users.push(user);
  return Int32Array.from(users);
}

function evenly(users: Int32Array, most: number): Int32Array {
  if (users.length <= most) return users;
  return Int32Array.from({ length: most }, (_, place) => users[Math.floor((place * users.length) / most)] as number);
}

function rowOf({ userOffsets, itemIndices }: UserItemMatrix, user: number): Int32Array {
  return itemIndices.subarray(userOffsets[user], userOffsets[user + 1]);
}

function spaceItems({ space }: Pipeline, { itemIds }: Dataset, matrix: UserItemMatrix, user: number): number[] {
  return Array.from(rowOf(matrix, user), (item) => space.indexOf(itemIds.idOf(item)));
}

/** Feedback as it would be if what is held out had not happened: of the users themselves and of those who are like them. */
function withoutHeldOut({ feedback }: DataStore, { userIds, itemIds }: Dataset, heldOut: UserItemMatrix): HistorySource {
  const remains = (userIndex: number) => (row: Feedback) => !heldOut.has(userIndex, itemIds.indexOf(row.itemId));
  const ofUsers: DataStore["feedback"]["ofUsers"] = async (ids, filter) => {
    const rows = await feedback.ofUsers(ids, filter);
    return rows.map((own, place) => own.filter(remains(userIds.indexOf(ids[place] ?? ""))));
  };
  return {
    feedback: { ofUsers, columnsOfUsers: async (ids, filter) => packFeedback(await ofUsers(ids, filter)) },
  };
}
