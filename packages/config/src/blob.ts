import { type Section, section, table } from "./section.ts";
import { optionalText } from "./text-leaves.ts";
import type { AzureConfig, BlobConfig, GcsConfig, S3Config } from "./types.ts";
import { blobUri } from "./uri-leaves.ts";

const s3 = section<S3Config>({
  endpoint: optionalText("endpoint", {
    description: "Address of a service other than Amazon's; without a scheme it is `http`, but `https` for Amazon's hosts.",
  }),
  region: optionalText("region", {
    description: "Region of the bucket; `us-east-1` when absent, and Amazon's others by asking.",
  }),
  accessKeyId: optionalText("access_key_id", {
    description: "Key of S3; when absent, what the environment, a profile or the machine's role gives.",
  }),
  secretAccessKey: optionalText("secret_access_key", { description: "The key's secret.", isSecret: true }),
});

const gcs = section<GcsConfig>({
  credentialsFile: optionalText("credentials_file", {
    description: "JSON key of Google Cloud; when absent, the application's default credentials.",
  }),
});

const azure = section<AzureConfig>({
  endpoint: optionalText("endpoint", { description: "Address of the account's blobs; by the account's name when absent." }),
  accountName: optionalText("account_name", { description: "Name of the storage account." }),
  accountKey: optionalText("account_key", { description: "Key of the storage account.", isSecret: true }),
  connectionString: optionalText("connection_string", {
    description: "As the portal shows it, in place of name, key and address.",
    isSecret: true,
  }),
});

export const blob: Section<BlobConfig> = section<BlobConfig>({
  uri: blobUri("uri", {
    description: "Where model files are kept: a folder, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.",
    default: "~/.furze/var/lib/blob",
  }),
  s3: table("s3", s3),
  gcs: table("gcs", gcs),
  azure: table("azure", azure),
});
