import { ZERO_TIME_MS } from "@furze/core";
import { collections } from "@furze/recommend";
import type { CatalogSummary } from "../catalog-summary.ts";
import { type Endpoint, endpoint } from "../endpoint.ts";
import type { MasterContext } from "../options.ts";
import { namesAnswer, statsAnswer } from "../response-schemas.ts";
import { formatTime, quote, writeFields, writeList, writeTexts } from "../wire/json-writer.ts";

const facts = { access: "admin", tag: "dashboard", method: "get" } as const;

/** The system as a whole: numbers and categories. */
export function dashboardOverviewEndpoints(context: MasterContext, catalog: CatalogSummary): Endpoint[] {
  return [
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/stats",
        name: "stats",
        summary: "How much there is, and how good",
        answer: statsAnswer,
      },
      () => writeStats(context, catalog),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/categories",
        name: "listCategories",
        summary: "Categories of items, the one with most items first",
        answer: namesAnswer,
      },
      async () => writeList((await catalog.read()).categories, quote),
    ),
  ];
}

async function writeStats(context: MasterContext, catalog: CatalogSummary): Promise<string> {
  const { dataStore, cacheStore, options, cluster, trainer, version } = context;
  const popular = { collection: collections.nonPersonalized(options.popularRecommender), name: "" };
  const [numUsers, numItems, labels, { lists }, last] = await Promise.all([
    dataStore.users.count(),
    dataStore.items.count(),
    catalog.read(),
    cacheStore.getLists([popular]),
    readLastValues(context),
  ]);
  const nodes = (kind: string): number => cluster.nodes().filter((node) => node.kind === kind).length;
  const fitted = (kind: string): string => writeTime(trainer.state.models.find((model) => model.kind === kind)?.fittedMs);
  const numPositive = String(last.get("num_pos_feedbacks") ?? 0);
  return writeTexts(0, {
    BinaryVersion: quote(version),
    NumServers: String(nodes("server")),
    NumWorkers: String(nodes("worker")),
    NumUsers: String(numUsers),
    NumItems: String(numItems),
    NumUserLabels: String(labels.numUserLabels),
    NumItemLabels: String(labels.numItemLabels),
    NumTotalPosFeedback: numPositive,
    NumValidPosFeedback: numPositive,
    NumValidNegFeedback: String(last.get("num_neg_feedbacks") ?? 0),
    PopularItemsUpdateTime: writeTime(lists[0]?.updatedMs),
    // The newest items are no list that is made: they are looked up when somebody asks.
    LatestItemsUpdateTime: writeTime(undefined),
    MatchingModelFitTime: fitted("collaborative"),
    MatchingModelScore: writeFields(1, { NDCG: last.get("cf_ndcg") ?? 0, Precision: 0, Recall: 0 }),
    RankingModelFitTime: fitted("click"),
    RankingModelScore: writeFields(1, {
      RMSE: 0,
      Precision: last.get("ctr_precision") ?? 0,
      Recall: last.get("ctr_recall") ?? 0,
      Accuracy: 0,
      AUC: last.get("ctr_auc") ?? 0,
    }),
  });
}

const SERIES = ["num_pos_feedbacks", "num_neg_feedbacks", "cf_ndcg", "ctr_precision", "ctr_recall", "ctr_auc"];

async function readLastValues({ cacheStore, clock }: MasterContext): Promise<ReadonlyMap<string, number>> {
  const endMs = clock.now();
  // One bucket from the first time to the last gives the last point alone.
  const bucket = { beginMs: 0, endMs, bucketMs: endMs + 1 };
  const points = await Promise.all(SERIES.map((name) => cacheStore.getPoints({ name, ...bucket })));
  return new Map(points.flat().map(({ name, value }) => [name, value]));
}

function writeTime(ms: number | undefined): string {
  return quote(formatTime(ms ?? ZERO_TIME_MS));
}
