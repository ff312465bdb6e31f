import { describe, expect, it } from "vitest";
import { message } from "../test/inputs.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigKey, configKeys } from "./keys.ts";
import { type LoadedConfig, loadConfig } from "./load.ts";
import type { KeyKind } from "./section.ts";
import { configToTable } from "./serialize.ts";

const load = (env: Readonly<Record<string, string>>, text = "") => loadConfig({ text, env });

/** A value that is not the key's default. */
function sample({ kind, defaultText, range = "" }: ConfigKey): string {
  const samples: Partial<Record<KeyKind, string>> = {
    integer: "7",
    number: "0.37",
    duration: "17s",
    days: "3",
    uri: "/elsewhere",
  };
  if (kind === "boolean") return defaultText === "true" ? "false" : "true";
  if (kind === "enum")
    return [...range.matchAll(/`([^`]+)`/g)].map((match) => match[1]).find((one) => `"${one}"` !== defaultText) ?? "";
  return samples[kind] ?? "something";
}

describe("environment variables", () => {
  it("win over the file, which wins over the default", () => {
    const text = "[server]\ndefault_n = 5";
    expect(load({}).config.server.defaultN).toBe(10);
    expect(load({}, text).config.server.defaultN).toBe(5);
    expect(load({ FURZE_SERVER_DEFAULT_N: "6" }, text).config.server.defaultN).toBe(6);
  });

  it("reach every key outside arrays of tables", () => {
    const missing = configKeys().filter((key) => !key.path.includes("[]") && key.variables.length === 0);
    expect(missing).toEqual([]);
    const { recommend, server } = load({
      FURZE_RECOMMEND_COLLABORATIVE_EARLY_STOPPING_PATIENCE: "3",
      FURZE_RECOMMEND_DATA_SOURCE_POSITIVE_FEEDBACK_TYPES: "star, rating>=4",
      FURZE_RECOMMEND_CACHE_EXPIRE: "1h",
      FURZE_SERVER_AUTO_INSERT_USER: "false",
    }).config;
    expect(recommend.collaborative.earlyStopping.patience).toBe(3);
    expect(recommend.dataSource.positiveFeedbackTypes.map((one) => one.feedbackType)).toEqual(["star", "rating"]);
    expect(recommend.cacheExpireMs).toBe(3_600_000);
    expect(server.autoInsertUser).toBe(false);
  });

  it.each(configKeys().flatMap((key) => key.variables.map((variable) => [variable, key] as const)))(
    "%s sets its key",
    (variable, key) => {
      const text = sample(key);
      // Without a proof gRPC stays on loopback, whatever its host.
      const base = { FURZE_CLUSTER_TOKEN: "base" };
      const value = (loaded: LoadedConfig): unknown => {
        const table: unknown = configToTable(loaded.config);
        return key.path.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], table);
      };
      try {
        expect(value(load({ ...base, [variable]: text }))).not.toEqual(value(load(base)));
      } catch (error) {
        // A value that does not fit the defaults of other keys has arrived as well.
        if (!(error instanceof ConfigError)) throw error;
        expect(error.problems.some((problem) => problem.variable === variable || problem.path.startsWith("master.ssl_"))).toBe(
          true,
        );
      }
    },
  );

  it("hold arrays of tables as JSON", () => {
    const variable = "FURZE_RECOMMEND_NON_PERSONALIZED";
    const { config, warnings } = load(
      { [variable]: '[{"name": "a", "score": "1"}]' },
      '[[recommend.non-personalized]]\nname = "b"',
    );
    expect(config.recommend.nonPersonalized).toEqual([{ name: "a", score: "1", filter: "" }]);
    expect(warnings.join()).not.toContain(variable);
    expect(message("", { [variable]: '[{"name": "a"}]' })).toBe(
      `recommend.non-personalized[0].score: score is a required field (environment variable ${variable})`,
    );
    expect(message("", { [variable]: "[1]" })).toBe(
      `recommend.non-personalized: must be a JSON array of objects (environment variable ${variable})`,
    );
  });

  it("take Gorse's names, Furze's first, and no empty ones", () => {
    expect(load({ GORSE_SERVER_API_KEY: "old" }).config.server.apiKey).toBe("old");
    expect(load({ GORSE_SERVER_API_KEY: "old", FURZE_SERVER_API_KEY: "new" }).config.server.apiKey).toBe("new");
    expect(load({ GORSE_SERVER_API_KEY: "old", FURZE_SERVER_API_KEY: "" }).config.server.apiKey).toBe("old");
    expect(load({ GORSE_MASTER_JOBS: "3" }).config.master.nJobs).toBe(3);
  });

  it("are named in problems", () => {
    expect(
      message("[server]\ndefault_n = 5", { FURZE_SERVER_DEFAULT_N: "x", FURZE_RECOMMEND_RANKER_RECOMMENDERS: "latest,foo" }),
    ).toBe(
      [
        'server.default_n: default_n must be a whole number, not "x" (environment variable FURZE_SERVER_DEFAULT_N)',
        "recommend.ranker.recommenders: recommender foo doesn't exist (environment variable FURZE_RECOMMEND_RANKER_RECOMMENDERS)",
      ].join("\n"),
    );
  });

  it("leave a wrong table in the file to be reported", () => {
    expect(message("server = 5", { FURZE_SERVER_API_KEY: "x" })).toBe("server: server must be a table (line 1)");
  });

  it("draw a warning when they look like keys", () => {
    const quiet = { FURZE_MASTER_ADMIN_API_KEY: "a", FURZE_SERVER_API_KEY: "b", FURZE_CLUSTER_TOKEN: "c" };
    expect(
      load({
        ...quiet,
        FURZE_SERVER_APIKEY: "x",
        FURZE_DATABASE_ZZZZZZZZZZZZZZZZ: "x",
        GORSE_OIDC_ENABLE: "1",
        FURZE_LOG_LEVEL: "debug",
        PATH: "/",
      }).warnings,
    ).toEqual([
      "the environment variable FURZE_DATABASE_ZZZZZZZZZZZZZZZZ names no key",
      "the environment variable FURZE_SERVER_APIKEY names no key, the nearest is FURZE_SERVER_API_KEY",
      "the environment variable GORSE_OIDC_ENABLE has no effect: there is no such key",
    ]);
  });
});

describe("hosts", () => {
  it("stay on loopback until their keys are set", () => {
    const closed = load({ FURZE_SERVER_API_KEY: "b" });
    expect(closed.config.master).toMatchObject({ host: "127.0.0.1", httpHost: "127.0.0.1" });
    expect(closed.warnings).toEqual([
      "HTTP listens on 127.0.0.1 only: set master.admin_api_key to open it",
      "gRPC listens on 127.0.0.1 only: set cluster.token or master.ssl_mode to open it",
    ]);
    const open = load({ FURZE_MASTER_ADMIN_API_KEY: "a", FURZE_SERVER_API_KEY: "b", FURZE_CLUSTER_TOKEN: "c" });
    expect(open.config.master).toMatchObject({ host: "0.0.0.0", httpHost: "0.0.0.0" });
    expect(open.warnings).toEqual([]);
  });

  it("keep gRPC on loopback without a proof, whatever the file says", () => {
    const { config, warnings } = load({ FURZE_MASTER_HOST: "0.0.0.0", FURZE_MASTER_HTTP_HOST: "127.0.0.1" });
    expect(config.master.host).toBe("127.0.0.1");
    expect(warnings).toContain("gRPC listens on 127.0.0.1 only: set cluster.token or master.ssl_mode to open it");
    const files = { FURZE_MASTER_SSL_CA: "a", FURZE_MASTER_SSL_CERT: "b", FURZE_MASTER_SSL_KEY: "c" };
    expect(load({ FURZE_MASTER_SSL_MODE: "true", ...files }).config.master.host).toBe("0.0.0.0");
  });

  it("are what the user wrote, with a warning when they stand open", () => {
    const { config, warnings } = load({ FURZE_MASTER_HTTP_HOST: "0.0.0.0", FURZE_MASTER_HOST: "::1" });
    expect(config.master).toMatchObject({ host: "::1", httpHost: "0.0.0.0" });
    expect(warnings).toEqual([
      "HTTP listens on 0.0.0.0 (master.http_host) without server.api_key and master.admin_api_key: whoever reaches the port may use it",
      "gRPC listens on ::1 only: set cluster.token or master.ssl_mode to open it",
    ]);
  });

  it("takes the password of the administrator for a guard of his routes, but not his name alone", () => {
    const load = (lines: string) => loadConfig({ text: `[server]\napi_key = "k"\n[master]\n${lines}` });
    const guarded = load('dashboard_user_name = "admin"\ndashboard_password = "hush"');
    expect(guarded.config.master.httpHost).toBe("0.0.0.0");
    expect(guarded.warnings.join()).not.toMatch(/HTTP|dashboard/);
    const named = load('dashboard_user_name = "admin"');
    expect(named.config.master.httpHost).toBe("127.0.0.1");
    expect(named.warnings).toContain("master.dashboard_password is empty: whoever knows dashboard_user_name may sign in");
  });
});
