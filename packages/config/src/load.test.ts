import { describe, expect, it } from "vitest";
import { loadConfig } from "./load.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const FULL = `
[database]
data_store = "sqlite:///var/data.sqlite"
cache_store = "sqlite:///var/cache.sqlite"
table_prefix = "f_"
cache_table_prefix = "c_"
cache_client_name = "us"
[database.mysql]
isolation_level = "SERIALIZABLE"
max_open_conns = 20
max_idle_conns = 5
conn_max_lifetime = "1h"
[database.postgres]
max_open_conns = 0

[master]
port = 1
host = "10.0.0.1"
http_port = 2
http_host = "10.0.0.2"
n_jobs = 4
meta_timeout = "1m30s"
admin_api_key = "admin"
ssl_mode = true
ssl_ca = "ca.pem"
ssl_cert = "cert.pem"
ssl_key = "key.pem"
http_cors_domains = ["https://.*\\\\.example\\\\.com"]
http_cors_methods = ["GET"]

[cluster]
token = "shared"

[server]
api_key = "rest"
default_n = 20
clock_error = "1s"
auto_insert_user = false
auto_insert_item = false

[worker]
interval = "30s"

[recommend]
cache_size = 50
cache_expire = "24h"
context_size = 30
active_user_ttl = 7

[recommend.data_source]
positive_feedback_types = ["star", "rating>=4.0"]
negative_feedback_types = ["rating<2"]
read_feedback_types = ["read"]
positive_feedback_ttl = 30
item_ttl = 60

[[recommend.non-personalized]]
name = "popular"
score = "count(feedback, .FeedbackType == 'star')"
filter = "(now() - item.Timestamp).Hours() < 168"

[[recommend.item-to-item]]
name = "near"
type = "tags"
column = "item.Labels.topics"

[[recommend.user-to-user]]
name = "peers"
type = "items"

[[recommend.external]]
name = "mine"
script = "[user_id]"
allowed_hosts = ["api.example.com"]
time_limit = "2s"
memory_limit_mib = 32

[recommend.replacement]
enable_replacement = true
positive_replacement_decay = 0.9
read_replacement_decay = 1

[[recommend.explore]]
recommender = "latest"
probability = 0.2

[recommend.diversity]
strength = 0.3

[recommend.collaborative]
type = "mf"
fit_period = "2h"
fit_epoch = 50
optimize_period = "3h"
optimize_trials = 25
[recommend.collaborative.early_stopping]
patience = 5

[recommend.ranker]
recommenders = ["collaborative", "item-to-item/near", "user-to-user/peers", "non-personalized/popular", "latest"]
cache_expire = "48h"

[recommend.search]
columns = ["item.Comment", "item.Labels.cast"]

[recommend.fallback]
recommenders = ["non-personalized/popular"]

[blob]
uri = "/var/models"
`;

describe("a valid file", () => {
  it("fills every key", () => {
    expect(loadConfig({ text: FULL })).toMatchObject({
      warnings: [],
      config: {
        database: {
          dataStore: "sqlite:///var/data.sqlite",
          cacheStore: "sqlite:///var/cache.sqlite",
          tablePrefix: "f_",
          dataTablePrefix: "f_",
          cacheTablePrefix: "c_",
          cacheClientName: "us",
          mysql: { isolationLevel: "SERIALIZABLE", maxOpenConns: 20, maxIdleConns: 5, connMaxLifetimeMs: HOUR_MS },
          postgres: { maxOpenConns: 0, maxIdleConns: 0, connMaxLifetimeMs: 60_000 },
        },
        master: {
          port: 1,
          host: "10.0.0.1",
          httpPort: 2,
          httpHost: "10.0.0.2",
          nJobs: 4,
          metaTimeoutMs: 90_000,
          sslMode: true,
          sslCa: "ca.pem",
          sslCert: "cert.pem",
          sslKey: "key.pem",
          httpCorsDomains: ["https://.*\\.example\\.com"],
          httpCorsMethods: ["GET"],
          adminApiKey: "admin",
        },
        cluster: { token: "shared" },
        server: {
          apiKey: "rest",
          defaultN: 20,
          clockErrorMs: 1000,
          autoInsertUser: false,
          autoInsertItem: false,
          compatibility: "v0.5",
        },
        worker: { intervalMs: 30_000 },
        recommend: {
          cacheSize: 50,
          cacheExpireMs: 24 * HOUR_MS,
          contextSize: 30,
          activeUserTtlMs: 7 * DAY_MS,
          dataSource: {
            positiveFeedbackTypes: [{ feedbackType: "star" }, { feedbackType: "rating", operator: ">=", bound: 4 }],
            negativeFeedbackTypes: [{ feedbackType: "rating", operator: "<", bound: 2 }],
            readFeedbackTypes: [{ feedbackType: "read" }],
            positiveFeedbackTtlMs: 30 * DAY_MS,
            itemTtlMs: 60 * DAY_MS,
          },
          nonPersonalized: [
            {
              name: "popular",
              score: "count(feedback, .FeedbackType == 'star')",
              filter: "(now() - item.Timestamp).Hours() < 168",
            },
          ],
          itemToItem: [{ name: "near", type: "tags", column: "item.Labels.topics" }],
          userToUser: [{ name: "peers", type: "items", column: "" }],
          external: [
            { name: "mine", script: "[user_id]", allowedHosts: ["api.example.com"], timeLimitMs: 2000, memoryLimitMib: 32 },
          ],
          replacement: { enabled: true, positiveDecay: 0.9, readDecay: 1 },
          explore: [{ recommender: "latest", probability: 0.2 }],
          diversity: { strength: 0.3 },
          collaborative: {
            ...{ type: "mf", fitPeriodMs: 2 * HOUR_MS, fitEpoch: 50, earlyStopping: { patience: 5 } },
            ...{ optimizePeriodMs: 3 * HOUR_MS, optimizeTrials: 25 },
          },
          ranker: {
            type: "none",
            recommenders: ["collaborative", "item-to-item/near", "user-to-user/peers", "non-personalized/popular", "latest"],
            cacheExpireMs: 48 * HOUR_MS,
          },
          fallback: { recommenders: ["non-personalized/popular"] },
          search: { columns: ["item.Comment", "item.Labels.cast"] },
        },
        blob: { uri: "/var/models" },
      },
    });
  });

  it("has the documented defaults when empty", () => {
    const { config } = loadConfig({});
    expect(config.database.dataStore).toBe("sqlite://~/.furze/var/lib/data.sqlite");
    expect(config.server).toMatchObject({
      apiKey: "",
      defaultN: 10,
      clockErrorMs: 5000,
      autoInsertUser: true,
      autoInsertItem: true,
      compatibility: "v0.5",
    });
    expect(config.recommend.cacheExpireMs).toBe(72 * HOUR_MS);
    expect(config.recommend.ranker).toMatchObject({ type: "none", recommenders: ["latest"], cacheExpireMs: 120 * HOUR_MS });
    expect(config.recommend.ranker).toMatchObject({ fitPeriodMs: HOUR_MS, fitEpoch: 100, optimizePeriodMs: 0 });
    expect(config.recommend.fallback).toEqual({ recommenders: ["latest"] });
    expect(config.recommend.replacement).toEqual({ enabled: false, positiveDecay: 0.8, readDecay: 0.6 });
    expect(config.recommend).toMatchObject({ external: [], explore: [], diversity: { strength: 0 } });
    const script = '[[recommend.external]]\nname = "mine"\nscript = "[]"\n[recommend.ranker]\nrecommenders = ["external/mine"]';
    expect(loadConfig({ text: script }).config.recommend.external).toEqual([
      { name: "mine", script: "[]", allowedHosts: [], timeLimitMs: 5000, memoryLimitMib: 64 },
    ]);
  });

  it("takes names in any case, integers as nanoseconds, texts as numbers and one text as a list", () => {
    const { config } = loadConfig({
      text: '[SERVER]\nDefault_N = "7"\nclock_error = 2_000_000_000\nauto_insert_user = 0\n[recommend.fallback]\nrecommenders = "latest"',
    });
    expect(config.server).toMatchObject({ defaultN: 7, clockErrorMs: 2000, autoInsertUser: false });
    expect(config.recommend.fallback.recommenders).toEqual(["latest"]);
  });

  it("skips a byte-order mark", () => {
    expect(loadConfig({ text: "\uFEFF[server]\ndefault_n = 3" }).config.server.defaultN).toBe(3);
  });
});
