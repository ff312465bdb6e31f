import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selfSigned } from "../packages/protocol/test/self-signed.ts";
import { TestSystem } from "./support/system.ts";

/** The file has a name and a password for the dashboard, so routes of administrators are not open to everybody. */
const ADMIN_KEY = "admin-key";

/** Every key of Gorse v0.4, unchanged but for a key of administrators and the address of HTTP: tests stay on this machine. */
const config = readFileSync(join(import.meta.dirname, "../packages/config/test/gorse/v0.4.toml"), "utf8")
  .replace('http_host = "0.0.0.0"', 'http_host = "127.0.0.1"')
  .replace('admin_api_key = ""', `admin_api_key = "${ADMIN_KEY}"`);

const USERS = 40;
const ITEMS = 30;

describe("a system with a configuration file of Gorse v0.4", () => {
  const system = new TestSystem({ apiKey: ADMIN_KEY });

  beforeAll(async () => {
    await system.start(config);
    const recent = new Date().toISOString();
    const rows = Array.from({ length: USERS }, (_, user) =>
      // Two tastes; everybody likes the first two items of his.
      Array.from({ length: 2 + (user % 6) }, (__, rank) => ({
        ...{ FeedbackType: "star", UserId: `u${user}`, ItemId: `i${2 * rank + (user % 2)}`, Timestamp: recent },
      })),
    ).flat();
    const items = Array.from({ length: ITEMS }, (_, item) => ({ ItemId: `i${item}`, Timestamp: recent }));
    expect((await system.post("/api/items", items)).status).toBe(200);
    expect((await system.post("/api/feedback", rows)).status).toBe(200);
    await system.train();
  });

  afterAll(() => system.stop());

  it("serves what the file asks for under the names of today", async () => {
    const popular = await system.get<{ Id: string }[]>("/api/popular?n=4");
    expect(popular.map(({ Id }) => Id).sort()).toEqual(["i0", "i1", "i2", "i3"]);
    const neighbors = await system.get<{ Id: string }[]>("/api/item/i0/neighbors?n=3");
    expect(neighbors.every(({ Id }) => Number(Id.slice(1)) % 2 === 0)).toBe(true);
    expect(neighbors.length).toBeGreaterThan(0);
    const recommended = await system.get<string[]>("/api/recommend/u0?n=5");
    expect(recommended).toHaveLength(5);
    expect(recommended).not.toContain("i0");
  });

  it("forgets a node that stops at once, not after the time of a dead one", async () => {
    const kinds = async (): Promise<string[]> => {
      const nodes = (await (
        await fetch(`${system.masterUrl}/api/dashboard/cluster`, { headers: { "X-API-Key": ADMIN_KEY } })
      ).json()) as { Type: string }[];
      return nodes.map((node) => node.Type).sort();
    };
    expect(await kinds()).toEqual(expect.arrayContaining(["Server", "Worker"]));
    expect(await system.stopApp("worker")).toBe(0);
    expect(await kinds()).not.toContain("Worker");
    expect(await kinds()).toContain("Server");
  });
});

describe("a system with mutual TLS between its processes", () => {
  const folder = mkdtempSync(join(tmpdir(), "furze-tls-"));
  const file = (name: "ca" | "cert" | "key"): string => join(folder, name);
  const system = new TestSystem({ nodeFlags: ["--ssl-ca", file("ca"), "--ssl-cert", file("cert"), "--ssl-key", file("key")] });

  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true });
  });

  it("starts from the keys of Gorse, and nodes join with their certificates", async () => {
    const tls = selfSigned(1);
    for (const name of ["ca", "cert", "key"] as const) writeFileSync(file(name), tls[name]);
    // Nodes ask for the configuration before they are ready, so a start is the proof.
    await system.start(
      `[master]\nhost = "127.0.0.1"\nssl_mode = true\nssl_ca = "${file("ca")}"\nssl_cert = "${file("cert")}"\nssl_key = "${file("key")}"\nhttp_host = "127.0.0.1"`,
    );
    expect(await system.get("/api/latest")).toEqual([]);
  });
});
