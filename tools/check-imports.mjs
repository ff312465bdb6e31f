// Checks the rules of the house that no linter knows: who may depend on whom, declared dependencies, closed packages,
// sizes. Prints every violation and exits with 1 when there is one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LAYERS, listPackages, mayDependOn, root } from "./workspace.mjs";

const SCOPE = "@furze/";
const MAX_APP_LINES = 500;
const MAX_FILE_LINES = 400;
const REVIEW_FILE_LINES = 300;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)["']([^"']+)["']/gm;

const runtimeDependencies = ({ dependencies, peerDependencies }) => Object.keys({ ...dependencies, ...peerDependencies });

/** Specifiers of static, dynamic and type imports in a TypeScript text; comments are no imports. */
export function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(IMPORT)].map((match) => match[1]);
}

/** Source files of a package, as paths relative to it; generated code is left out. */
function sourceFiles(folder) {
  const source = join(folder, "src");
  if (!existsSync(source)) return [];
  return readdirSync(source, { recursive: true })
    .map(String)
    .filter((path) => /\.tsx?$/.test(path) && !/(^|[\\/])generated[\\/]/.test(path))
    .map((path) => join("src", path));
}

function checkArrows({ name, manifest }, apps) {
  if (!(name in LAYERS)) return [`${name}: not in the table LAYERS of tools/workspace.mjs`];
  const problems = manifest.name === `${SCOPE}${name}` ? [] : [`${name}: its manifest calls it ${manifest.name}`];
  for (const dependency of runtimeDependencies(manifest)) {
    if (!dependency.startsWith(SCOPE)) continue;
    const to = dependency.slice(SCOPE.length);
    if (!mayDependOn(name, to, { apps })) problems.push(`${name} -> ${to}: not allowed by LAYERS in tools/workspace.mjs`);
  }
  return problems;
}

function checkReferences({ name, folder, manifest }) {
  const path = join(folder, "tsconfig.json");
  if (!existsSync(path)) return [`${name}: has no tsconfig.json`];
  const { references = [] } = JSON.parse(readFileSync(path, "utf8"));
  const referenced = new Set(references.map((reference) => resolve(folder, reference.path).split(/[\\/]/).at(-1)));
  const wanted = runtimeDependencies(manifest)
    .filter((dependency) => dependency.startsWith(SCOPE))
    .map((dependency) => dependency.slice(SCOPE.length));
  return [
    ...wanted.filter((to) => !referenced.has(to)).map((to) => `${name}: tsconfig.json lacks a reference to ${to}`),
    ...[...referenced]
      .filter((to) => !wanted.includes(to))
      .map((to) => `${name}: tsconfig.json refers to ${to}, which is no dependency`),
  ];
}

function checkImport(specifier, file, { name, folder, manifest }, manifests) {
  const isTest = /\.test\.tsx?$/.test(file);
  if (specifier.startsWith(".")) {
    const target = relative(folder, resolve(folder, file, "..", specifier));
    // What tests of several packages need to run servers is nobody's to publish.
    const isShared = isTest && target.replaceAll("\\", "/").startsWith("../../test/support/");
    return target.startsWith("..") && !isShared ? `${name}/${file}: reaches out of its package with ${specifier}` : undefined;
  }
  if (!specifier.startsWith(SCOPE)) return undefined;
  const [to, ...rest] = specifier.slice(SCOPE.length).split("/");
  const declared = [...runtimeDependencies(manifest), ...(isTest ? Object.keys(manifest.devDependencies ?? {}) : [])];
  if (to !== name && !declared.includes(`${SCOPE}${to}`)) return `${name}/${file}: ${SCOPE}${to} is no declared dependency`;
  const subpath = rest.length === 0 ? "." : `./${rest.join("/")}`;
  const exported = manifests.get(to)?.exports ?? {};
  return subpath in exported ? undefined : `${name}/${file}: ${specifier} is not exported by ${SCOPE}${to}`;
}

function checkSources(workspacePackage, manifests) {
  const { name, folder, isApp } = workspacePackage;
  const problems = [];
  const warnings = [];
  let appLines = 0;
  for (const file of sourceFiles(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    const lines = text.trimEnd().split("\n").length;
    const isTest = /\.test\.tsx?$/.test(file);
    if (!isTest) appLines += lines;
    if (lines > MAX_FILE_LINES) problems.push(`${name}/${file}: ${lines} lines, the limit is ${MAX_FILE_LINES}`);
    else if (lines > REVIEW_FILE_LINES) warnings.push(`${name}/${file}: ${lines} lines, look for a way to split it`);
    for (const specifier of importsOf(text)) {
      const problem = checkImport(specifier, file, workspacePackage, manifests);
      if (problem) problems.push(problem);
    }
  }
  if (isApp && appLines > MAX_APP_LINES) {
    problems.push(`${name}: ${appLines} lines, an app has at most ${MAX_APP_LINES}: what grows there belongs in a library`);
  }
  return { problems, warnings };
}

/** Cycles between manifests, each reported once as "a -> b -> a". */
export function findCycles(graph) {
  const cycles = [];
  const state = new Map();
  const visit = (name, path) => {
    if (state.get(name) === "done") return;
    if (state.get(name) === "open") {
      cycles.push([...path.slice(path.indexOf(name)), name].join(" -> "));
      return;
    }
    state.set(name, "open");
    for (const next of graph.get(name) ?? []) visit(next, [...path, name]);
    state.set(name, "done");
  };
  for (const name of graph.keys()) visit(name, []);
  return cycles;
}

/**
 * Checks all packages below `base`.
 *
 * @returns {{ problems: string[], warnings: string[], count: number }}
 */
export function checkWorkspace(base = root) {
  const packages = listPackages(base);
  const apps = new Set(packages.filter(({ isApp }) => isApp).map(({ name }) => name));
  const manifests = new Map(packages.map(({ name, manifest }) => [name, manifest]));
  const graph = new Map(
    packages.map(({ name, manifest }) => [
      name,
      runtimeDependencies(manifest)
        .filter((dependency) => dependency.startsWith(SCOPE))
        .map((dependency) => dependency.slice(SCOPE.length)),
    ]),
  );
  const problems = findCycles(graph).map((cycle) => `cycle: ${cycle}`);
  const warnings = [];
  for (const workspacePackage of packages) {
    const sources = checkSources(workspacePackage, manifests);
    problems.push(...checkArrows(workspacePackage, apps), ...checkReferences(workspacePackage), ...sources.problems);
    warnings.push(...sources.warnings);
  }
  return { problems, warnings, count: packages.length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { problems, warnings, count } = checkWorkspace();
  for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${count} packages, ${problems.length} violations, ${warnings.length} warnings\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
