import { expect, it } from "vitest";
import { blobOptions } from "./library-options.ts";
import { loadConfig } from "./load.ts";
import { maskConfig } from "./mask.ts";

it("hands to blob stores what is configured and nothing else, from the file and from Gorse's variables", () => {
  const text = '[blob]\nuri = "s3://models/furze"\n[blob.s3]\nendpoint = "minio:9000"\naccess_key_id = "me"';
  const { config } = loadConfig({ text, env: { S3_SECRET_ACCESS_KEY: "secret", AZURE_STORAGE_ACCOUNT_NAME: "acme" } });
  expect(config.blob.uri).toBe("s3://models/furze");
  expect(blobOptions(config)).toEqual({
    s3: { endpoint: "minio:9000", accessKeyId: "me", secretAccessKey: "secret" },
    gcs: {},
    azure: { accountName: "acme" },
  });
});

it("shows no secret of a bucket", () => {
  const text = '[blob.s3]\nsecret_access_key = "s1"\n[blob.azure]\naccount_key = "s2"\nconnection_string = "s3"';
  const { s3, azure } = maskConfig(loadConfig({ text }).config).blob;
  expect([s3.secretAccessKey, azure.accountKey, azure.connectionString]).toEqual(Array(3).fill("********"));
});

it.each([
  ["s3://", "blob.uri must include bucket for s3://"],
  ["gs:///prefix", "blob.uri must include bucket for gs://"],
  ["az://", "blob.uri must include container for az://"],
  ["ftp://host", "unsupported blob.uri scheme: ftp"],
])("refuses the address %s", (uri, message) => {
  expect(() => loadConfig({ text: `[blob]\nuri = "${uri}"` })).toThrow(message);
});
