// Checks what a user of the published packages gets. Needs a build (`pnpm build`) and the toolchain on the PATH.
//   1. every file that an `exports` map names is in the build
//   2. `publint --strict` and `attw --profile esm-only` on every packed tarball
//   3. an empty project installs all tarballs, imports every entry point with plain Node.js, without the source condition, and runs
//      the first snippet of every README and examples/train-on-csv
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listPackages, root } from "./workspace.mjs";

/** Entry points that are resolved, not imported: test suites load inside a vitest run only, programs would start. */
const isOnlyResolved = (specifier) => specifier === "@furze/storage/conformance" || specifier.endsWith("/main");
const TIMEOUT_MS = 300_000;

const bin = (name) => join(root, "node_modules", ".bin", name);
const problems = [];

/** Runs a command; on failure notes the problem with the end of its output. */
function check(what, command, args, options) {
  const result = spawnSync(command, args, {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  if (result.status === 0) return result.stdout;
  const output = `${result.stdout ?? ""}\n${result.stderr ?? ""}\n${result.error?.message ?? ""}`.trim();
  problems.push(
    `${what}:\n${output
      .split("\n")
      .slice(-25)
      .map((line) => `    ${line}`)
      .join("\n")}`,
  );
  return undefined;
}

/** Subpaths of an `exports` map that code can import. */
const entryPoints = ({ exports = {} }) => Object.keys(exports).filter((subpath) => typeof exports[subpath] !== "string");

function checkExports({ name, folder, manifest }) {
  if (entryPoints(manifest).length === 0) problems.push(`${name}: exports nothing`);
  for (const subpath of entryPoints(manifest)) {
    const conditions = manifest.exports[subpath];
    const order = Object.keys(conditions).join(", ");
    const expected =
      isOnlyResolved(join(manifest.name, subpath)) && !conditions.types
        ? "@furze/source, default"
        : "@furze/source, types, default";
    if (order !== expected) problems.push(`${name}: conditions of "${subpath}" are ${order}`);
    for (const target of Object.values(conditions)) {
      if (!existsSync(join(folder, target))) problems.push(`${name}: "${subpath}" names ${target}, which the build lacks`);
    }
  }
}

/** Packs a package into `folder` and returns the tarball's path, or undefined when that failed. */
function pack({ name, folder: cwd }, folder) {
  const printed = check(`${name}: pnpm pack`, "pnpm", ["pack", "--json", "--pack-destination", folder], { cwd });
  if (printed === undefined) return undefined;
  const { filename, files } = JSON.parse(printed.slice(printed.indexOf("{")));
  const stray = files.map(({ path }) => path).filter((path) => /\.test\.|\.tsbuildinfo$|(^|\/)\.(?!d\.ts)/.test(path));
  if (stray.length > 0)
    problems.push(`${name}: the tarball holds files that are no part of it: ${stray.slice(0, 3).join(", ")}`);
  return filename;
}

/** Drivers that packages leave to their users, in the versions that the packages are tested with. */
function optionalDrivers(packages) {
  const drivers = {};
  for (const { manifest } of packages) {
    for (const name of Object.keys(manifest.peerDependencies ?? {})) {
      if (name !== "vitest") drivers[name] = manifest.devDependencies[name];
    }
  }
  return drivers;
}

function smokeTest(tarballs, folder) {
  const project = join(folder, "project");
  mkdirSync(project);
  const files = Object.fromEntries([...tarballs].map(([{ manifest }, tarball]) => [manifest.name, `file:${tarball}`]));
  const dependencies = { ...files, ...optionalDrivers(tarballs.keys()) };
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "smoke", private: true, type: "module", dependencies }));
  // Without the overrides the tarballs' own dependencies would be looked up in the registry.
  const overrides = Object.entries(files).map(([name, file]) => `  "${name}": "${file}"\n`);
  writeFileSync(
    join(project, "pnpm-workspace.yaml"),
    `packages: []\noverrides:\n${overrides.join("")}allowBuilds:\n  protobufjs: false\n`,
  );
  const install = ["install", "--prod", "--prefer-offline", "--no-frozen-lockfile", "--reporter=append-only"];
  if (check("smoke test: pnpm install of the tarballs", "pnpm", install, { cwd: project }) === undefined) return 0;
  let imported = 0;
  for (const { manifest } of tarballs.keys()) {
    for (const program of Object.keys(manifest.bin ?? {})) {
      check(`smoke test: ${program} --help`, join(project, "node_modules", ".bin", program), ["--help"], { cwd: project });
    }
    for (const subpath of entryPoints(manifest)) {
      const specifier = join(manifest.name, subpath);
      const load = isOnlyResolved(specifier)
        ? `const { statSync } = await import("node:fs"); statSync(new URL(import.meta.resolve("${specifier}")));`
        : `const names = Object.keys(await import("${specifier}")); if (names.length === 0) throw new Error("exports nothing");`;
      const args = ["--input-type=module", "--eval", load];
      if (check(`smoke test: import of ${specifier}`, process.execPath, args, { cwd: project }) !== undefined) imported += 1;
    }
  }
  for (const { name, folder: source } of tarballs.keys()) runSnippet(name, source, project);
  runExample(project);
  return imported;
}

/** Runs the first `ts` block of a README, as someone would who has just installed the package. */
function runSnippet(name, source, project) {
  const readme = join(source, "README.md");
  const snippet = existsSync(readme) ? /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(readme, "utf8"))?.[1] : undefined;
  if (snippet === undefined) return;
  writeFileSync(join(project, "snippet.ts"), snippet);
  check(`smoke test: README snippet of ${name}`, process.execPath, ["snippet.ts"], { cwd: project });
}

function runExample(project) {
  cpSync(join(root, "examples", "train-on-csv"), project, { recursive: true });
  const printed = check("smoke test: examples/train-on-csv", process.execPath, ["train.ts"], { cwd: project });
  if (printed !== undefined && !/^(oolong|sencha|assam|darjeeling|matcha)$/m.test(printed.split("\n")[0] ?? "")) {
    problems.push(`smoke test: examples/train-on-csv recommends ${JSON.stringify(printed)} to a friend of tea`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "furze-packages-"));
try {
  const packages = listPackages().filter(({ manifest }) => !manifest.private);
  const tarballs = new Map();
  for (const workspacePackage of packages) {
    const { name } = workspacePackage;
    checkExports(workspacePackage);
    const tarball = pack(workspacePackage, folder);
    if (tarball === undefined) continue;
    tarballs.set(workspacePackage, tarball);
    check(`${name}: publint`, bin("publint"), ["--strict", tarball]);
    check(`${name}: attw`, bin("attw"), ["--profile", "esm-only", "--no-emoji", "--no-color", tarball]);
  }
  const imported = smokeTest(tarballs, folder);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${packages.length} packages packed, ${imported} entry points imported, ${problems.length} problems\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
