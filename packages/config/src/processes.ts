import { duration, flag, integer } from "./leaves.ts";
import { type Section, section } from "./section.ts";
import { choice, list, optionalText, patterns, text } from "./text-leaves.ts";
import type { ClusterConfig, MasterConfig, QuotaConfig, ServerConfig, WorkerConfig } from "./types.ts";

const MAX_PORT = 65_535;

export const master: Section<MasterConfig> = section<MasterConfig>({
  port: integer("port", { description: "Port of gRPC.", default: 8086, minimum: 0, maximum: MAX_PORT }),
  host: optionalText("host", {
    description: "Address of gRPC. Absent: 0.0.0.0 with cluster.token or ssl_mode. Without both always 127.0.0.1.",
  }),
  httpPort: integer("http_port", { description: "Port of HTTP.", default: 8088, minimum: 0, maximum: MAX_PORT }),
  httpHost: optionalText("http_host", {
    description:
      "Address of HTTP. Absent: 0.0.0.0 when server.api_key and either master.admin_api_key or dashboard_password are set, else 127.0.0.1.",
  }),
  nJobs: integer("n_jobs", { description: "Threads that the master works with.", default: 1, minimum: 1 }),
  metaTimeoutMs: duration("meta_timeout", {
    description: "How often nodes report, and how long a silent one counts as alive.",
    default: "10s",
    minimum: 1,
  }),
  sslMode: flag("ssl_mode", { description: "Whether gRPC wants mutual TLS: nodes must show a certificate.", default: false }),
  sslCa: text("ssl_ca", {
    description: "PEM file of the authority that signed the certificates of master and nodes.",
    default: "",
  }),
  sslCert: text("ssl_cert", { description: "PEM file of the master's certificate.", default: "" }),
  sslKey: text("ssl_key", { description: "PEM file of its private key.", default: "" }),
  httpCorsDomains: patterns("http_cors_domains", {
    description: "Regular expressions of origins that browsers may call from; any origin when empty.",
    default: [".*"],
  }),
  httpCorsMethods: list("http_cors_methods", {
    description: "Methods that browsers may use; these five when empty.",
    default: ["GET", "POST", "PUT", "DELETE", "PATCH"],
  }),
  adminApiKey: text("admin_api_key", { description: "Key of the admin API.", default: "", isSecret: true }),
  dashboardUserName: text("dashboard_user_name", {
    description:
      "Name of the administrator who signs in by `POST /login`; with it or a password, admin routes want a session or the admin key.",
    default: "",
  }),
  dashboardPassword: text("dashboard_password", { description: "His password.", default: "", isSecret: true }),
  dashboardRedacted: flag("dashboard_redacted", {
    description: "Whether `GET /api/dashboard/config` leaves out the section `database`.",
    default: false,
  }),
});

export const cluster: Section<ClusterConfig> = section<ClusterConfig>({
  token: text("token", { description: "Shared secret of gRPC calls between nodes.", default: "", isSecret: true }),
});

export const server: Section<ServerConfig> = section<ServerConfig>({
  apiKey: text("api_key", { description: "Key of the REST API.", default: "", isSecret: true }),
  defaultN: integer("default_n", { description: "Length of an answer that names none.", default: 10, minimum: 1 }),
  maxN: integer("max_n", {
    description: "Largest `n` and `offset` that callers may ask for: it bounds the size of an answer.",
    default: 10_000,
    minimum: 1,
  }),
  maxBodyMib: integer("max_body_mib", {
    description:
      "Largest body of a request, in MiB; a row of feedback takes about 130 bytes. Files and dumps are not bound by it.",
    default: 64,
    minimum: 1,
    maximum: 1024,
  }),
  clockErrorMs: duration("clock_error", { description: "How far clocks may differ.", default: "5s", minimum: 0 }),
  autoInsertUser: flag("auto_insert_user", { description: "Whether feedback creates its user.", default: true }),
  autoInsertItem: flag("auto_insert_item", { description: "Whether feedback creates its item.", default: true }),
  compatibility: choice("compatibility", {
    description: "Version of Gorse whose clients the REST API suits where versions differ.",
    default: "v0.5",
    choices: ["v0.5", "v0.4"],
  }),
});

const bound = (key: string, description: string) =>
  integer(key, { description: `${description}; 0 is no bound.`, default: 0, minimum: 0 });

export const quota: Section<QuotaConfig> = section<QuotaConfig>({
  maxUsersCount: bound("max_users_count", "Most users that the REST API lets in"),
  maxItemsCount: bound("max_items_count", "Most items that the REST API lets in"),
  maxLabelsSize: bound("max_labels_size", "Largest labels of one user or item, in bytes of JSON"),
  maxCommentSize: bound("max_comment_size", "Longest comment of one user or item, in bytes"),
  maxCategoriesCount: bound("max_categories_count", "Most categories of one item"),
  maxCategoriesSize: bound("max_categories_size", "Longest name of a category, in bytes"),
});

export const worker: Section<WorkerConfig> = section<WorkerConfig>({
  intervalMs: duration("interval", {
    description: "Time between two looks of a worker at its users; its flag `--interval` wins.",
    default: "1m",
    minimum: 1,
  }),
});
