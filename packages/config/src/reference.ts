import { dormantGroups } from "./gorse/dormant-keys.ts";
import { renamedPaths } from "./gorse/translate-v04.ts";
import { type ConfigKey, configArrays, configKeys } from "./keys.ts";
import type { KeyKind } from "./section.ts";

const INTRODUCTION = `# Configuration

<!-- Made by \`furze config reference\` from the schema. Change the descriptions there and run \`pnpm docs:config\`. -->

Every key of a config file, with what it takes when it is absent. \`furze config check FILE\` checks a file, tells all mistakes with their
lines, and prints the effective configuration with secrets masked.

**Files** are TOML; a name that ends in \`.yaml\`, \`.yml\` or \`.json\` says otherwise. Names of keys are case-insensitive. An unknown key is an
error that names the nearest known one. Files of Gorse v0.5 and v0.4 load unchanged: the end of this page tells what becomes of their keys.

**Environment variables** win over the file, the file over the defaults. The name is \`FURZE_\` and the path in capitals with \`_\` between;
the names that Gorse has work too, Furze's first. An empty variable counts as absent. A list is written with commas, an array of tables
as JSON.

| Type | Written as |
| --- | --- |
| integer, number, boolean, string | as TOML has them; a text that reads as one will do |
| duration | text such as \`"1h30m"\`, with the units ns, us, ms, s, m and h; a bare integer counts nanoseconds, as in Gorse, and must make a millisecond |
| days | whole number of days |
| enum | one of the values in the range |
| list | array of strings, or one string with commas |
| expression | [expression](../packages/expression/README.md) that must compile |
| script | text of a program |
| uri | address of a store: [what there is](../packages/stores/README.md) |`;

/** The page of all keys as Markdown, made from the schema. */
export function configReference(): string {
  const sections = [...Map.groupBy(configKeys(), tableOf)].map(([table, keys]) => sectionOf(table, keys));
  return [INTRODUCTION, ...sections, oldKeys(), idleKeys()].join("\n\n");
}

function tableOf({ path }: ConfigKey): string {
  return path.slice(0, path.lastIndexOf("."));
}

function sectionOf(table: string, keys: readonly ConfigKey[]): string {
  const array = configArrays().find(({ path }) => `${path}[]` === table);
  const header = table.endsWith("[]") ? `[[${table.slice(0, -2)}]]` : `[${table}]`;
  const rows = keys.map((key) => {
    const cells = [code(key.path.slice(table.length + 1)), typeOf(key), defaultOf(key), variablesOf(key), key.description];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const variable = array === undefined ? [] : [`As a whole: \`${array.variable}\`, JSON.`, ""];
  return [
    `## ${code(header)}`,
    "",
    ...variable,
    "| Key | Type and range | Default | Variables | |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

const SECRET = " (secret)";

function typeOf({ kind, range, isSecret }: ConfigKey): string {
  const name: KeyKind = kind;
  return `${name}${range === undefined ? "" : `: ${range}`}${isSecret ? SECRET : ""}`;
}

function defaultOf({ defaultText }: ConfigKey): string {
  return defaultText === undefined ? "-" : code(defaultText);
}

function variablesOf({ variables }: ConfigKey): string {
  return variables.length === 0 ? "-" : variables.map(code).join(", ");
}

function code(text: string): string {
  return `\`${text}\``;
}

function oldKeys(): string {
  const renamed = renamedPaths().map(([from, to]) => `| ${code(from)} | ${code(to)} |`);
  return `## Keys of Gorse v0.4

A file that has one of them is taken for one of v0.4: a list of popular items, neighbors of users and of items, a factor model and the search for
its parameters are on as they were there. A key of today that the file has as well wins. At start, a line for each tells what became of it.

| Key | Is now |
| --- | --- |
${renamed.join("\n")}
| \`recommend.popular.popular_window\` | \`[[recommend.non-personalized]]\` named \`popular\`, whose score counts feedback in that time |
| \`recommend.item_neighbors.neighbor_type\` | \`[[recommend.item-to-item]]\` named \`neighbors\`: \`similar\` is \`tags\`, \`related\` is \`users\` |
| \`recommend.user_neighbors.neighbor_type\` | \`[[recommend.user-to-user]]\` named \`neighbors\`: \`similar\` is \`tags\`, \`related\` is \`items\` |
| \`recommend.offline.enable_*_recommend\` | \`recommend.ranker.recommenders\`, the best sources first; v0.4 mixed them at random |
| \`recommend.offline.enable_click_through_prediction\` | \`recommend.ranker.type = "fm"\` |
| \`recommend.offline.explore_recommend\` | \`[[recommend.explore]]\` |
| \`recommend.online.fallback_recommend\` | \`recommend.fallback.recommenders\` |`;
}

function idleKeys(): string {
  const rows = dormantGroups().map(({ keys, why }) => `| ${keys.map(code).join(", ")} | ${why} |`);
  return `## Keys of Gorse without effect

They load. A line at start names those that ask for something.

| Keys | Why |
| --- | --- |
${rows.join("\n")}
| \`database.mysql.isolation_level = "READ-UNCOMMITTED"\` | is READ-COMMITTED: the other would show writes that are not finished |`;
}
