import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FurzeConfig, loadConfig } from "@furze/config";
import { silentLogger } from "@furze/core";
import { openBlobStore } from "@furze/stores";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { LiveConfig } from "./live-config.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-live-config-"));
const blobStore = await openBlobStore(folder);
afterEach(async () => {
  for (const { name } of await blobStore.list()) await blobStore.delete(name);
});
afterAll(async () => {
  await blobStore.close();
  rmSync(folder, { recursive: true });
});

const errors: string[] = [];
const logger = { ...silentLogger, error: (message: string) => errors.push(message), child: () => logger };
const fileOf = (text: string): FurzeConfig => loadConfig({ text }).config;
const open = (base: FurzeConfig) => LiveConfig.open({ blobStore, base, logger });

describe("the configuration of a running master", () => {
  it("takes another recommend section, tells of it, and knows it after a restart", async () => {
    const base = fileOf("[server]\napi_key = 'hush'\n[recommend]\ncache_size = 50");
    const first = await open(base);
    const heard: number[] = [];
    first.onChange((config) => heard.push(config.recommend.cacheSize));
    await first.replaceRecommend({ cache_size: 60 });
    expect([first.current.recommend.cacheSize, heard]).toEqual([60, [60]]);
    expect(first.shown()).toMatchObject({ recommend: { cache_size: 60 }, server: { api_key: "********" } });
    const second = await open(base);
    expect(second.current).toEqual(first.current);
    await second.reset();
    expect(second.current).toEqual(base);
    expect((await open(base)).current).toEqual(base);
  });

  it("stays as it is when the new section cannot be meant", async () => {
    const base = fileOf("");
    const live = await open(base);
    await expect(live.replaceRecommend({ cache_size: 0 })).rejects.toThrow("cache_size must be greater than 0");
    expect(live.current).toEqual(base);
    expect(await blobStore.list()).toEqual([]);
  });

  it("makes changes one after the other, and goes on after one that failed", async () => {
    const live = await open(fileOf(""));
    const heard: number[] = [];
    live.onChange((config) => heard.push(config.recommend.cacheSize));
    const sizes = [5, 0, 7].map((size) => live.replaceRecommend({ cache_size: size }).catch(() => undefined));
    await Promise.all(sizes);
    expect(heard).toEqual([5, 7]);
  });

  it("starts with the section of the file when the one that was kept is of no use any more, and says so", async () => {
    await blobStore.put("recommend-section.json", Buffer.from('{"cache_sze": 5}'));
    const base = fileOf("");
    expect((await open(base)).current).toEqual(base);
    expect(errors).toEqual([expect.stringContaining("cannot be used")]);
  });

  it("leaves out the databases where the file says so", async () => {
    const live = await open(fileOf("[master]\ndashboard_redacted = true"));
    expect(Object.keys(live.shown())).not.toContain("database");
    expect(Object.keys((await open(fileOf(""))).shown())).toContain("database");
  });
});
