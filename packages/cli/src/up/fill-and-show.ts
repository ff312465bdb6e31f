import { systemClock } from "@furze/core";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { HttpJson } from "../rest/http-json.ts";
import { RestClient } from "../rest/rest-client.ts";
import { TaskClient } from "../rest/task-client.ts";
import { addressLines, curlLines } from "./closing-lines.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Example } from "./examples.ts";
import { fillFromExample } from "./fill-from-example.ts";
import type { SystemConfig } from "./read-config.ts";
import { isPersonal, readLists } from "./recommendations.ts";
import { chooseSampleUser, type SampleUser } from "./sample-user.ts";
import { formatRecommendations } from "./show-recommendations.ts";
import type { SystemUrls } from "./system.ts";
import { TaskView } from "./task-view.ts";
import { trainAndWait } from "./training-watch.ts";

export interface FillAndShowOptions {
  readonly example: Example | undefined;
  readonly config: SystemConfig;
  readonly folder: DataFolder;
  readonly urls: SystemUrls;
  readonly io: CliIo;
  readonly signal: AbortSignal;
}

/**
 * Brings a running system to the point where its first lists can be shown, and shows them with what to do next.
 *
 * @returns false when there are no lists to show
 */
export async function fillAndShow(options: FillAndShowOptions): Promise<boolean> {
  const { example, config, folder, urls, io, signal } = options;
  const client = new RestClient(new HttpJson({ url: urls.rest, apiKey: config.serverApiKey }));
  const isNew = example === undefined ? false : await fillFromExample({ example, folder, client, io, signal });
  const user = (await client.hasItems({ signal }))
    ? await chooseSampleUser(client, { positive: config.positive, signal })
    : undefined;
  if (user === undefined) {
    io.out("There is no feedback yet to learn from; `furze import --help` tells how to load some.");
  } else {
    const hasLists = async () => isPersonal(await client.recommend(user.userId, 10, { signal }));
    if (isNew || !(await hasLists())) await train(options, hasLists);
    await showLists(options, client, user);
  }
  io.out("");
  for (const line of addressLines(urls)) io.out(line);
  if (user !== undefined) showTryOut(options, user);
  return user !== undefined;
}

async function train(
  { config, folder, urls, io, signal }: FillAndShowOptions,
  hasLists: () => Promise<boolean>,
): Promise<void> {
  io.out("Training:");
  const startMs = performance.now();
  const source = new TaskClient(new HttpJson({ url: urls.master, apiKey: config.adminApiKey || config.serverApiKey }));
  const view = new TaskView(io.progress);
  try {
    const isDone = await trainAndWait({ source, hasLists, onTasks: (tasks) => view.update(tasks), signal });
    if (!isDone)
      throw new CliError(`No lists came of the training, and it does not go on. The logs in ${folder.logs} tell more.`);
  } finally {
    view.finish();
  }
  io.out(`The first lists are ready after ${((performance.now() - startMs) / 1000).toFixed(1)} s.`);
}

async function showLists({ io, signal }: FillAndShowOptions, client: RestClient, user: SampleUser): Promise<void> {
  io.out("");
  for (const line of formatRecommendations(await readLists(client, user, { signal }), io.width)) io.out(line);
}

function showTryOut({ config, urls, io }: FillAndShowOptions, user: SampleUser): void {
  const [like] = user.liked;
  if (like === undefined) return;
  io.out("\nTry: a user's list, a first like of somebody new, and what that brings him:");
  const { FeedbackType: feedbackType, ItemId: itemId, Value: value } = like;
  const needsKey = config.serverApiKey !== "";
  const nowMs = systemClock.now();
  for (const line of curlLines({ rest: urls.rest, needsKey, userId: user.userId, itemId, feedbackType, value, nowMs })) {
    io.out(`  ${line}`);
  }
}
