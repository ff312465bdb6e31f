import type { ConfigProblem } from "./config-error.ts";
import { isTable } from "./paths.ts";

type Raw = Readonly<Record<string, unknown>>;

const NAMED = ["non-personalized", "item-to-item", "user-to-user", "external"];

/**
 * Checks that span several keys. They look at the raw values, so that they find what they can even when other keys
 * are wrong.
 */
export function crossChecks(raw: Raw): readonly ConfigProblem[] {
  const recommend = isTable(raw.recommend) ? raw.recommend : {};
  return [
    ...certificates(isTable(raw.master) ? raw.master : {}),
    ...answerLengths(isTable(raw.server) ? raw.server : {}),
    ...NAMED.flatMap((kind) => duplicates(recommend, kind)),
    ...duplicateModels(recommend),
    ...columnsWithoutUse(recommend, "item-to-item", "users"),
    ...columnsWithoutUse(recommend, "item-to-item", "linear"),
    ...columnsWithoutUse(recommend, "user-to-user", "items"),
    ...["item-to-item", "user-to-user"].flatMap((kind) => embeddingsWithoutColumn(recommend, kind)),
    ...recommenders(recommend, "ranker"),
    ...fusionWeights(recommend),
    ...languageModel(recommend),
    ...recommenders(recommend, "fallback"),
    ...explorers(recommend),
    ...addressesForHosts(recommend),
  ];
}

function certificates(master: Raw): readonly ConfigProblem[] {
  if (!["true", "t", "1"].includes(String(master.ssl_mode ?? "").toLowerCase())) return [];
  const missing = ["ssl_ca", "ssl_cert", "ssl_key"].filter((key) => (master[key] ?? "") === "");
  return missing.map((key) => ({ path: `master.${key}`, message: `${key} must name a PEM file when ssl_mode is true` }));
}

function answerLengths({ default_n: usual = 10, max_n: most = 10_000 }: Raw): readonly ConfigProblem[] {
  if (!(Number(usual) > Number(most))) return [];
  return [{ path: "server.max_n", message: `max_n must be at least default_n, which is ${Number(usual)}` }];
}

function entries(recommend: Raw, kind: string): readonly Raw[] {
  const list = recommend[kind];
  return Array.isArray(list) ? list.map((entry) => (isTable(entry) ? entry : {})) : [];
}

function duplicates(recommend: Raw, kind: string): readonly ConfigProblem[] {
  const seen = new Set<unknown>();
  return entries(recommend, kind).flatMap(({ name }, index) => {
    if (typeof name !== "string" || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: `recommend.${kind}[${index}].name`, message: `${kind} recommender ${name} is duplicated` }];
  });
}

function duplicateModels({ collaborative }: Raw): readonly ConfigProblem[] {
  const section = isTable(collaborative) ? collaborative : {};
  return duplicates(section, "ensemble").map(({ path, message }) => ({
    path: path.replace("recommend.", "recommend.collaborative."),
    message,
  }));
}

function columnsWithoutUse(recommend: Raw, kind: string, type: string): readonly ConfigProblem[] {
  return entries(recommend, kind).flatMap((entry, index) => {
    const isUseless = entry.type === type && (entry.column ?? "") !== "";
    return isUseless
      ? [{ path: `recommend.${kind}[${index}].column`, message: `column must be empty when type is ${type}` }]
      : [];
  });
}

function embeddingsWithoutColumn(recommend: Raw, kind: string): readonly ConfigProblem[] {
  return entries(recommend, kind).flatMap(({ type, column }, index) => {
    if (type !== "embedding" || (column ?? "") !== "") return [];
    const message = `column must name the list of numbers, such as ${kind.slice(0, 4)}.Labels.embedding, when type is embedding`;
    return [{ path: `recommend.${kind}[${index}].column`, message }];
  });
}

function recommenders(recommend: Raw, table: string): readonly ConfigProblem[] {
  const section = recommend[table];
  const value = isTable(section) ? section.recommenders : undefined;
  const names = typeof value === "string" ? value.split(",").map((name) => name.trim()) : value;
  if (!Array.isArray(names)) return [];
  const path = `recommend.${table}.recommenders`;
  if (table === "ranker" && names.length === 0) return [{ path, message: "ranker.recommenders must not be empty" }];
  return names.flatMap((name, index) => {
    const message = typeof name === "string" && name !== "" ? recommenderProblem(recommend, name) : undefined;
    return message === undefined ? [] : [{ path: typeof value === "string" ? path : `${path}[${index}]`, message }];
  });
}

/** Weights go by place, so a list of another length would count for the wrong ones. */
function fusionWeights(recommend: Raw): readonly ConfigProblem[] {
  const ranker = isTable(recommend.ranker) ? recommend.ranker : {};
  const countOf = (value: unknown): number => (typeof value === "string" ? value.split(",").length : [value].flat().length);
  const { weights, recommenders: names = ["latest"] } = ranker;
  if (weights === undefined || weights === "" || countOf(weights) === 0 || countOf(weights) === countOf(names)) return [];
  const message = `weights must have one number for each of the ${countOf(names)} recommenders, or none`;
  return [{ path: "recommend.ranker.weights", message }];
}

/** Without one of these the ranker llm could not ask anybody. */
function languageModel(recommend: Raw): readonly ConfigProblem[] {
  const ranker = isTable(recommend.ranker) ? recommend.ranker : {};
  if (ranker.type !== "llm") return [];
  const api = isTable(ranker.reranker_api) ? ranker.reranker_api : {};
  const needed = {
    query_template: ranker.query_template,
    document_template: ranker.document_template,
    "reranker_api.url": api.url,
  };
  const missing = Object.entries(needed).filter(([, value]) => (value ?? "") === "");
  const problems = missing.map(([key]) => ({
    path: `recommend.ranker.${key}`,
    message: `${key} is required when type is llm`,
  }));
  if (typeof api.url !== "string" || api.url === "" || /^https?:\/\/./.test(api.url)) return problems;
  const path = "recommend.ranker.reranker_api.url";
  return [...problems, { path, message: "reranker_api.url must begin with http:// or https://" }];
}

function explorers(recommend: Raw): readonly ConfigProblem[] {
  const tables = entries(recommend, "explore");
  const unknown = tables.flatMap(({ recommender }, index) => {
    const message =
      typeof recommender === "string" && recommender !== "" ? recommenderProblem(recommend, recommender) : undefined;
    return message === undefined ? [] : [{ path: `recommend.explore[${index}].recommender`, message }];
  });
  const sum = tables.reduce((total, { probability }) => total + (Number(probability) || 0), 0);
  // Rounding of sums such as 0.7 + 0.2 + 0.1 is no mistake in the file.
  if (sum <= 1 + 1e-9) return unknown;
  return [...unknown, { path: "recommend.explore", message: "the probabilities must be at most 1 together" }];
}

function addressesForHosts(recommend: Raw): readonly ConfigProblem[] {
  return entries(recommend, "external").flatMap(({ allowed_hosts: hosts }, index) => {
    const isWrong = [hosts].flat().some((host) => typeof host === "string" && /[/*\s]/.test(host));
    const message = "allowed_hosts takes names such as api.example.com or localhost:8000, no addresses or patterns";
    return isWrong ? [{ path: `recommend.external[${index}].allowed_hosts`, message }] : [];
  });
}

function recommenderProblem(recommend: Raw, name: string): string | undefined {
  if (name === "latest") return undefined;
  const [kind = "", ...rest] = name.split("/");
  const hasName = (entry: Raw): boolean => entry.name === rest.join("/");
  if (kind === "collaborative") {
    const section = isTable(recommend.collaborative) ? recommend.collaborative : {};
    if (section.type !== "mf") return "collaborative recommender is disabled";
    return name === kind || entries(section, "ensemble").some(hasName) ? undefined : `recommender ${name} doesn't exist`;
  }
  const isKnown = NAMED.includes(kind) && entries(recommend, kind).some(hasName);
  return isKnown ? undefined : `recommender ${name} doesn't exist`;
}
