import { configKeys, configTables } from "./keys.ts";
import { nearest } from "./nearest.ts";
import { formatPath } from "./paths.ts";

/** Keys and tables of Gorse that this release has no use for yet. */
const NOT_SUPPORTED_YET: ReadonlySet<string> = new Set([
  "database.vector_store",
  "database.vector_table_prefix",
  "database.vector",
  "database.redis",
  "master.dashboard_user_name",
  "master.dashboard_password",
  "master.dashboard_auth_server",
  "master.dashboard_redacted",
  "server.cache_expire",
  "recommend.search",
  "recommend.item-to-item.prompt",
  "recommend.ranker.fit_period",
  "recommend.ranker.fit_epoch",
  "recommend.ranker.optimize_period",
  "recommend.ranker.optimize_trials",
  "recommend.ranker.early_stopping",
  "recommend.ranker.query_template",
  "recommend.ranker.document_template",
  "recommend.ranker.reranker_api",
  "recommend.popular",
  "recommend.user_neighbors",
  "recommend.item_neighbors",
  "recommend.offline",
  "recommend.online",
  "tracing",
  "oidc",
  "openai",
  "quota",
  "blob.s3",
  "blob.gcs",
  "blob.azure",
]);

/** What to say about a key that the schema does not have. */
export function unknownKeyMessage(path: readonly PropertyKey[]): string {
  const plain = formatPath(path.filter((part) => typeof part !== "number"));
  if (NOT_SUPPORTED_YET.has(plain)) return "not supported yet";
  const known = [...configKeys().map((key) => key.path.replaceAll("[]", "")), ...configTables()];
  const close = nearestPath(plain, known);
  return close === undefined ? "unknown key" : `unknown key, did you mean ${close}?`;
}

/** A slip in the last part comes first, then the right name in a wrong table, then a slip anywhere. */
function nearestPath(path: string, known: readonly string[]): string | undefined {
  const cut = path.lastIndexOf(".") + 1;
  const [parent, name] = [path.slice(0, cut), path.slice(cut)];
  const siblings = known.filter((one) => one.startsWith(parent) && !one.slice(cut).includes("."));
  const sibling = nearest(
    name,
    siblings.map((one) => one.slice(cut)),
  );
  if (sibling !== undefined) return parent + sibling;
  return known.find((one) => one.endsWith(`.${name}`)) ?? nearest(path, known);
}
