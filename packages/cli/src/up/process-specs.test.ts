import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type SystemSpecs, systemSpecs } from "./process-specs.ts";
import { readConfig } from "./read-config.ts";

const root = mkdtempSync(join(tmpdir(), "furze-config-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(root, name);
  writeFileSync(file, text);
  return file;
}

function plan(configFile: string | undefined, env: NodeJS.ProcessEnv = {}, verbose = false): SystemSpecs {
  return systemSpecs({
    ports: { server: 1, master: 2, masterHttp: 3, worker: 4 },
    folder: { path: "/data", logs: "/data/logs", blobs: "/data/blob" },
    config: readConfig(configFile, env, () => {}),
    configFile,
    verbose,
    env: { ...env, HOME: "/home/me" },
    entryOf: (name) => `/apps/${name}.js`,
  });
}

describe("systemSpecs", () => {
  it("puts everything into the data folder when the config leaves it open", () => {
    const { master, worker, server } = plan(undefined);
    expect(master.args.slice(-2)).toEqual(["--max-semi-space-size=8", "/apps/master.js"]);
    expect(master.env).toEqual({
      HOME: "/home/me",
      MALLOC_ARENA_MAX: "2",
      MALLOC_TRIM_THRESHOLD_: "131072",
      FURZE_MASTER_PORT: "2",
      FURZE_MASTER_HTTP_PORT: "3",
      FURZE_DATABASE_DATA_STORE: "sqlite:///data/data.sqlite",
      FURZE_DATABASE_CACHE_STORE: "sqlite:///data/cache.sqlite",
      FURZE_BLOB_URI: "/data/blob",
    });
    expect(worker.args.join(" ")).toContain(
      "/apps/worker.js --master-host 127.0.0.1 --master-port 2 --http-host 127.0.0.1 --http-port 4 --cache-path /data/worker",
    );
    expect(server.args.join(" ")).toContain("--http-port 1 --cache-path /data/server --processes 1");
    expect([master, worker, server].map(({ logFile }) => logFile)).toEqual([
      "/data/logs/master.log",
      "/data/logs/worker.log",
      "/data/logs/server.log",
    ]);
    expect(plan(undefined, {}, true).server.logFile).toBeUndefined();
  });

  it("heeds stores that the file or the environment names, and hands on the cluster's secret", () => {
    const file = write("a.toml", '[database]\ndata_store = "sqlite:///other/data.db"\n[cluster]\ntoken = "s3cret"\n');
    const { master } = plan(file, { FURZE_BLOB_URI: "/models" });
    expect(master.args.slice(-2)).toEqual(["--config", file]);
    expect(master.env).toMatchObject({
      FURZE_DATABASE_DATA_STORE: "sqlite:///other/data.db",
      FURZE_DATABASE_CACHE_STORE: "sqlite:///data/cache.sqlite",
      FURZE_BLOB_URI: "/models",
      FURZE_CLUSTER_TOKEN: "s3cret",
    });
  });
});

describe("sign-in", () => {
  it("is made up for by an admin key of this run, which opens no port", () => {
    const file = write("named.toml", '[server]\napi_key = "k"\n[master]\ndashboard_user_name = "admin"\n');
    const keys = [1, 2].map(() => plan(file).master.env.FURZE_MASTER_ADMIN_API_KEY ?? "");
    expect(keys.map((key) => key.length)).toEqual([43, 43]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(plan(file).master.env.FURZE_MASTER_HTTP_HOST).toBe("127.0.0.1");
    const own = write("own.toml", '[master]\nadmin_api_key = "mine"\ndashboard_password = "p"\n');
    expect(plan(own).master.env.FURZE_MASTER_ADMIN_API_KEY).toBe("mine");
  });
});

describe("mutual TLS", () => {
  it("is what worker and server are told of too", () => {
    const file = write("tls.toml", '[master]\nssl_mode = true\nssl_ca = "/ca"\nssl_cert = "/cert"\nssl_key = "/key"\n');
    const { worker, server, master } = plan(file);
    for (const { args } of [worker, server]) expect(args.join(" ")).toContain("--ssl-ca /ca --ssl-cert /cert --ssl-key /key");
    expect(master.args.join(" ")).not.toContain("ssl");
    expect(plan(undefined).worker.args.join(" ")).not.toContain("ssl");
  });
});

describe("readConfig", () => {
  it("says which file is wrong, and lists all problems", () => {
    const file = write("bad.toml", '[master]\nprot = 1\n[server]\ndefault_n = "x"\n');
    expect(() => readConfig(file, {}, () => {})).toThrow(`The configuration (${file}) cannot be used:\n`);
    expect(() => readConfig(file, {}, () => {})).toThrow(/prot[\s\S]*default_n/);
  });

  it("takes ports, keys and what counts as liked", () => {
    const file = write(
      "good.toml",
      '[master]\nport = 9086\nhttp_port = 9088\n[recommend.data_source]\npositive_feedback_types = ["rating>=4"]\n',
    );
    expect(readConfig(file, { FURZE_SERVER_API_KEY: "k" }, () => {})).toMatchObject({
      masterPort: 9086,
      masterHttpPort: 9088,
      serverApiKey: "k",
      positive: [{ feedbackType: "rating", operator: ">=", bound: 4 }],
    });
  });
});
