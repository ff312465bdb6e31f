import { isTable } from "../paths.ts";
import type { Rewriter } from "./rewriter.ts";

interface DormantKeys {
  /** Table that the keys are in. */
  readonly table: string;
  readonly keys: readonly string[];
  readonly why: string;
  /** Key of the table without which the others mean nothing. */
  readonly switch?: string;
}

/** Begins the reasons of what may come in another release. */
const NOT_YET = "this release has no";
const NO_VECTOR_STORE = "neighbors are found in memory and kept in the cache store, there is no vector store";
const OWN_INDEX = "whether and how an index is built follows from the number of rows";

/**
 * Keys that Gorse has and Furze does nothing with. A file that sets one is loaded, with a warning that says why unless the value
 * switches off what is not there anyway. A key that the schema has is not looked up here.
 */
const DORMANT: readonly DormantKeys[] = [
  { table: "database", keys: ["vector_store", "vector_table_prefix"], why: NO_VECTOR_STORE },
  { table: "database.vector", keys: ["quantization_type", "quantization_bits"], why: NO_VECTOR_STORE },
  {
    table: "database.redis",
    keys: ["max_search_results"],
    why: "a list is one value in Redis, so nothing is searched there",
  },
  {
    table: "master",
    keys: ["dashboard_auth_server"],
    why: "administrators sign in with dashboard_user_name and dashboard_password",
  },
  { table: "server", keys: ["cache_expire"], why: "servers see changes of items and lists at once" },
  {
    table: "recommend.item-to-item",
    keys: ["prompt"],
    why: `${NOT_YET} item-to-item recommenders that ask a language model`,
  },
  {
    table: "recommend.ranker",
    keys: ["prompt"],
    why: "Gorse 0.5 has query_template and document_template in its place",
  },
  ...["recommend.item_neighbors", "recommend.user_neighbors"].map((table) => ({
    table,
    keys: ["enable_index", "index_recall", "index_fit_epoch"],
    why: OWN_INDEX,
  })),
  { table: "recommend.collaborative", keys: ["enable_index", "index_recall", "index_fit_epoch"], why: OWN_INDEX },
  {
    table: "recommend.collaborative",
    keys: ["model_search_epoch", "enable_model_size_search"],
    why: "a search fits its models as long as fit_epoch says, and tries several sizes",
  },
  {
    table: "tracing",
    keys: ["enable_tracing", "exporter", "collector_endpoint", "sampler", "ratio"],
    why: `${NOT_YET} tracing`,
    switch: "enable_tracing",
  },
  {
    table: "oidc",
    keys: ["enable", "issuer", "client_id", "client_secret", "redirect_url"],
    why: `${NOT_YET} sign-in with an identity provider`,
    switch: "enable",
  },
  {
    table: "openai",
    keys: [
      ...["base_url", "auth_token", "chat_completion_model", "chat_completion_rpm", "chat_completion_tpm", "log_file"],
      ...["embedding_model", "embedding_dimensions", "embedding_rpm", "embedding_tpm"],
    ],
    why: "the ranker llm asks recommend.ranker.reranker_api, and nothing else asks a language model",
  },
];

/** One line for each group, for the reference page. */
export function dormantGroups(): readonly { readonly keys: readonly string[]; readonly why: string }[] {
  return DORMANT.map(({ table, keys, why }) => ({ keys: keys.map((key) => `${table}.${key}`), why }));
}

/** Dotted names of all of them. */
export function dormantPaths(): readonly string[] {
  return DORMANT.flatMap(({ table, keys }) => keys.map((key) => `${table}.${key}`));
}

/** Takes keys without effect out of the file, with one note for those of a table that share their reason. */
export function dropDormantKeys(rewriter: Rewriter, known: ReadonlySet<string>): void {
  for (const { table, keys, why, switch: main } of DORMANT) {
    const dormant = keys.filter((key) => !known.has(`${table}.${key}`));
    const tables = tablesAt(rewriter, table);
    for (const { path, values } of tables) {
      const isOff = main !== undefined && isNeutral(values[main]);
      const found = dormant.filter((key) => Object.hasOwn(values, key));
      const told = isOff ? [] : found.filter((key) => !isNeutral(values[key]));
      const [first] = told;
      if (first !== undefined) rewriter.note(`${path}.${first}`, messageOf(told, why));
      for (const key of found) delete (values as Record<string, unknown>)[key];
      if (Object.keys(values).length === 0 && path === table) rewriter.take(table);
    }
  }
}

/** The table, or each of an array of tables. */
function tablesAt(rewriter: Rewriter, path: string): readonly { path: string; values: Readonly<Record<string, unknown>> }[] {
  const value = rewriter.get(path);
  if (isTable(value)) return [{ path, values: value }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((one, index) => (isTable(one) ? [{ path: `${path}[${index}]`, values: one }] : []));
}

/** Values that ask for nothing. */
function isNeutral(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || ["", "0", "0s", "false", "none"].includes(String(value).toLowerCase());
}

function messageOf([, ...others]: readonly string[], why: string): string {
  const yet = why.startsWith(NOT_YET) ? " yet" : "";
  const too = others.length === 0 ? "" : `, nor have ${others.join(", ")}`;
  return `has no effect${yet}${too}: ${why}`;
}
