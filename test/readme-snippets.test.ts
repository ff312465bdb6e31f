import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const packagesFolder = fileURLToPath(new URL("../packages/", import.meta.url));
const MAX_SNIPPET_LINES = 20;
const TIMEOUT_MS = 30_000;

interface Snippet {
  readonly code: string;
  /** What the README says the snippet prints, or undefined when it does not say. */
  readonly output: string | undefined;
}

/** The first `ts` block of a README, with the `text` block that directly follows it. */
function firstSnippet(readme: string): Snippet | undefined {
  const match = /^```ts\n([\s\S]*?)^```\n(?:\s*```text\n([\s\S]*?)^```)?/m.exec(readme);
  if (match?.[1] === undefined) return undefined;
  return { code: match[1], output: match[2] };
}

/** Runs the code from a file inside the package, so that imports resolve as they do in the package itself. */
function runInside(
  folder: string,
  code: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const place = join(folder, ".snippets");
  mkdirSync(place, { recursive: true });
  try {
    writeFileSync(join(place, "readme.ts"), code);
    const args = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning", "readme.ts"];
    return spawnSync(process.execPath, args, {
      cwd: place,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const names = readdirSync(packagesFolder).filter((name) => existsSync(join(packagesFolder, name, "package.json")));

describe("the first snippet of every package's README", () => {
  it.each(names)("%s", (name) => {
    const readme = join(packagesFolder, name, "README.md");
    expect(existsSync(readme), `packages/${name} has no README.md`).toBe(true);
    const snippet = firstSnippet(readFileSync(readme, "utf8"));
    if (snippet === undefined) throw new Error(`packages/${name}/README.md has no ts block`);
    const lines = snippet.code.split("\n").filter((line) => line.trim() !== "");
    expect(lines.length, "lines of the snippet, blank ones not counted").toBeLessThanOrEqual(MAX_SNIPPET_LINES);
    const { status, stdout, stderr } = runInside(join(packagesFolder, name), snippet.code);
    expect(status, stderr).toBe(0);
    if (snippet.output !== undefined) expect(stdout.trimEnd()).toBe(snippet.output.trimEnd());
  });
});

describe("firstSnippet", () => {
  it("takes the output only from a block that follows directly", () => {
    expect(firstSnippet("a\n```ts\n1;\n```\n\n```text\n1\n```\n")).toEqual({ code: "1;\n", output: "1\n" });
    expect(firstSnippet("```ts\n1;\n```\nwords\n```text\n1\n```\n")).toEqual({ code: "1;\n", output: undefined });
    expect(firstSnippet("```sh\nnpm i\n```\n")).toBeUndefined();
  });
});
