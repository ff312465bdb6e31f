// The packages of the workspace and the arrows between them. `LAYERS` is the one table that says who may depend on whom.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Everything below the apps, for packages that bring the whole system together. */
const ANY_LIBRARY = "any library";
/** Any library and any app. */
const ANYTHING = "anything";

/**
 * Package (without the scope) to the packages it may depend on. A name may appear only below the names it lists, so the
 * table can hold no cycle. Adapters know the ports only. `config` turns a file into the options that libraries
 * define, so it looks up to them; only what the apps share, the apps, the engine and the command line know `config`.
 */
export const LAYERS = {
  core: [],
  kernels: [],
  "model-file": ["core"],
  fitting: ["core", "kernels"],
  expression: [],
  dataset: ["core", "kernels"],
  metrics: [],
  "matrix-factorization": ["core", "dataset", "fitting", "kernels", "metrics", "model-file"],
  "factorization-machine": ["core", "dataset", "fitting", "kernels", "metrics", "model-file"],
  neighbors: ["core", "dataset", "kernels"],
  automl: ["core"],
  storage: ["core"],
  "storage-sql": ["core", "storage"],
  "storage-mongodb": ["core", "storage"],
  "storage-clickhouse": ["core", "storage"],
  "storage-redis": ["core", "storage"],
  "storage-blob": ["core", "storage"],
  stores: ["core", "storage", "storage-blob", "storage-clickhouse", "storage-mongodb", "storage-redis", "storage-sql"],
  telemetry: ["core"],
  recommend: [
    ...["core", "dataset", "expression", "factorization-machine", "kernels", "matrix-factorization", "model-file"],
    ...["neighbors", "storage"],
  ],
  training: [
    ...["automl", "core", "dataset", "expression", "factorization-machine", "kernels", "matrix-factorization"],
    ...["metrics", "model-file", "neighbors", "recommend", "storage"],
  ],
  config: ["core", "expression", "recommend", "training"],
  protocol: ["core"],
  "rest-api": ["core", "protocol", "recommend", "storage", "telemetry", "training"],
  client: [],
  dashboard: ["client"],
  node: ["config", "core", "protocol", "recommend", "storage", "stores"],
  master: ANY_LIBRARY,
  worker: ANY_LIBRARY,
  server: ANY_LIBRARY,
  engine: ANYTHING,
  cli: ANYTHING,
};

/** Whether the table lets `from` depend on `to`; false for packages the table does not know. */
export function mayDependOn(from, to, { apps, layers = LAYERS }) {
  const allowed = layers[from];
  if (allowed === undefined || layers[to] === undefined) return false;
  if (allowed === ANYTHING) return to !== from;
  if (allowed === ANY_LIBRARY) return !apps.has(to) && layers[to] !== ANYTHING;
  return allowed.includes(to);
}

/** Every package with a manifest in `packages/` and `apps/`: short name, folder, manifest. */
export function listPackages(base = root) {
  return ["packages", "apps"].flatMap((group) => {
    const folder = join(base, group);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .filter((name) => existsSync(join(folder, name, "package.json")))
      .map((name) => ({
        name,
        isApp: group === "apps",
        folder: join(folder, name),
        manifest: JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")),
      }));
  });
}
