import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkWorkspace, findCycles, importsOf } from "./check-imports.mjs";
import { explainFailure, redactHosts } from "./explain.mjs";
import { countTests, summaryLine } from "./test-summary.mjs";
import { LAYERS, mayDependOn } from "./workspace.mjs";

describe("countTests", () => {
  const file = (status, ...tests) => ({
    name: "a.test.ts",
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  });

  it("counts tests by outcome", () => {
    const counts = countTests(
      { testResults: [file("failed", "passed", "failed"), file("passed", "passed", "skipped", "todo")] },
      1,
    );
    expect(summaryLine(counts)).toBe("2 passed, 1 failed, 2 skipped");
    expect(counts.notes).toEqual([]);
  });

  it("counts what failed outside of tests", () => {
    expect(summaryLine(countTests({ testResults: [file("passed", "passed"), file("failed")] }, 1))).toBe("1 passed, 1 failed");
    expect(summaryLine(countTests({ testResults: [file("passed", "passed")] }, 1))).toBe("1 passed, 1 failed");
    expect(summaryLine(countTests({ testResults: [] }, 0))).toBe("0 passed, 1 failed");
    expect(summaryLine(countTests({ testResults: [file("passed", "skipped")] }, 0))).toBe("0 passed, 1 failed, 1 skipped");
    expect(summaryLine(countTests(undefined, null))).toBe("0 passed, 1 failed");
  });
});

describe("failures of package managers", () => {
  it("never show an address", () => {
    const text =
      "GET https://registry.example.test:8443/core failed: getaddrinfo ENOTFOUND registry.example.test\n  host: 'registry.example.test'";
    expect(redactHosts(text)).not.toContain("example");
    expect(redactHosts(text)).toContain("ENOTFOUND <registry>");
  });

  it("name the cause in the first sentence", () => {
    const explain = (stderr) => explainFailure("pnpm install", { status: 1, stdout: "", stderr });
    expect(explain("npm error code EAI_AGAIN")).toMatch(/^pnpm install failed because the package registry cannot be reached/);
    expect(explain("EROFS: read-only file system")).toMatch(/^pnpm install failed because a folder cannot be written/);
    expect(explain("ENOSPC: no space left")).toBe("pnpm install failed because the disk is full.");
    expect(explain("something else")).toBe("pnpm install failed with exit code 1. Its last output:\n    something else");
  });
});

describe("LAYERS", () => {
  const apps = new Set(["master", "worker", "server"]);

  it("lists a package only above the ones that may use it", () => {
    const seen = new Set();
    for (const [name, allowed] of Object.entries(LAYERS)) {
      if (Array.isArray(allowed))
        for (const dependency of allowed) expect(seen, `${name} -> ${dependency}`).toContain(dependency);
      seen.add(name);
    }
  });

  it("keeps config and apps out of libraries", () => {
    expect(mayDependOn("recommend", "config", { apps })).toBe(false);
    expect(mayDependOn("master", "config", { apps })).toBe(true);
    expect(mayDependOn("master", "worker", { apps })).toBe(false);
    expect(mayDependOn("cli", "worker", { apps })).toBe(true);
    expect(mayDependOn("nobody", "core", { apps })).toBe(false);
  });
});

describe("checkWorkspace", () => {
  let base;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "furze-check-"));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  const write = (path, text) => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  };
  const addPackage = (path, dependencies, source) => {
    const name = path.split("/").at(-1);
    const manifest = {
      name: `@furze/${name}`,
      exports: { ".": {} },
      dependencies: Object.fromEntries(dependencies.map((dependency) => [`@furze/${dependency}`, "workspace:^"])),
    };
    write(`${path}/package.json`, JSON.stringify(manifest));
    write(`${path}/tsconfig.json`, JSON.stringify({ references: dependencies.map((to) => ({ path: `../${to}` })) }));
    write(`${path}/src/index.ts`, source);
  };

  it("accepts a clean workspace", () => {
    addPackage("packages/core", [], "export const one = 1;\n");
    addPackage("packages/storage", ["core"], 'export { one } from "@furze/core";\n// import "@furze/config";\n');
    expect(checkWorkspace(base)).toEqual({ problems: [], warnings: [], count: 2 });
  });

  it("names every violation", () => {
    addPackage("packages/core", ["storage"], `${"\n".repeat(400)}export {};\n`);
    addPackage(
      "packages/storage",
      ["core"],
      'import "@furze/config";\nimport "@furze/core/src/ids.ts";\nimport "../../core/src/ids.ts";\n',
    );
    addPackage("apps/master", [], "\n".repeat(350));
    write("apps/master/src/more.ts", `${"\n".repeat(300)}export {};\n`);
    write("apps/master/src/rest.ts", `${"\n".repeat(300)}export {};\n`);
    const { problems, warnings } = checkWorkspace(base);
    expect(problems).toEqual([
      "cycle: core -> storage -> core",
      "core -> storage: not allowed by LAYERS in tools/workspace.mjs",
      "core/src/index.ts: 401 lines, the limit is 400",
      "storage/src/index.ts: @furze/config is no declared dependency",
      "storage/src/index.ts: @furze/core/src/ids.ts is not exported by @furze/core",
      "storage/src/index.ts: reaches out of its package with ../../core/src/ids.ts",
      "master: 603 lines, an app has at most 500: what grows there belongs in a library",
    ]);
    expect(warnings).toEqual([
      "master/src/more.ts: 301 lines, look for a way to split it",
      "master/src/rest.ts: 301 lines, look for a way to split it",
    ]);
  });

  it("reads imports of every form, and no comments", () => {
    const text = `import "a";\nimport type { B } from "b";\nexport { c }\n  from "c";\nawait import("d");\n/* from "e" */\n  // import "f";\n`;
    expect(importsOf(text)).toEqual(["a", "b", "c", "d"]);
  });

  it("finds a cycle once", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["a"]],
    ]);
    expect(findCycles(graph)).toEqual(["a -> b -> c -> a"]);
  });
});
