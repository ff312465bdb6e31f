import { expect, test } from "vitest";
import { configForNodes } from "./config-for-nodes.ts";
import { loadConfig } from "./load.ts";
import { configFromJson, configToJson } from "./serialize.ts";

const TEXT = `
[database]
data_store = "postgres://furze:db-secret@db/furze"
[server]
api_key = "rest-secret"
[master]
admin_api_key = "admin-secret"
dashboard_user_name = "ann"
dashboard_password = "dashboard-secret"
[cluster]
token = "token-secret"
[blob]
uri = "s3://bucket/models"
[blob.s3]
secret_access_key = "s3-secret"
[blob.azure]
connection_string = "AccountKey=azure-secret"
`;

test("nodes are sent what they work with, and no key that only the master needs", () => {
  const { config } = loadConfig({ text: TEXT });
  const text = configToJson(configForNodes(config));
  for (const kept of ["db-secret", "rest-secret", "admin-secret"]) expect(text).toContain(kept);
  expect(text).not.toMatch(/dashboard-secret|token-secret|s3-secret|azure-secret|bucket|ann/);
  const { config: read } = configFromJson(text);
  expect(read.database).toEqual(config.database);
  expect(read.recommend).toEqual(config.recommend);
});
