import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../packages/config/src/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = globSync(["*.md", "docs/**/*.md", "{packages,apps}/*/README.md"], { cwd: root });

/** Targets of links to files, without the part behind #. */
function fileLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return targets.filter((target) => !/^([a-z]+:|#)/.test(target)).map((target) => target.replace(/#.*$/, ""));
}

describe("documentation", () => {
  it.each(pages)("%s links to files that exist", (page) => {
    const broken = fileLinks(read(page)).filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(broken).toEqual([]);
  });

  it.each(pages.filter((page) => page.startsWith("docs/")))("%s shows configurations that load", (page) => {
    for (const [, text] of read(page).matchAll(/^```toml\n([\s\S]*?)^```/gm)) {
      expect(() => loadConfig({ text: text ?? "" })).not.toThrow();
    }
  });

  it("names every package in the README and on the architecture page", () => {
    const readme = read("README.md");
    const architecture = read("docs/architecture.md");
    for (const name of readdirSync(join(root, "packages"))) {
      if (!existsSync(join(root, "packages", name, "package.json"))) continue;
      expect(readme).toContain(`| [${name}](packages/${name}) |`);
      expect(architecture).toContain(`| ${name} |`);
    }
  });

  it("names every script that a page tells people to run", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read("CONTRIBUTING.md").matchAll(/`pnpm ([a-z][a-z:]*)/g)].map((match) => match[1] ?? "");
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });
});
