import { describe, expect, test } from "vitest";
import { describeBucket } from "../../test/describe-bucket.ts";
import { openS3BlobStore } from "./open-s3-blob-store.ts";

const url = process.env.FURZE_TEST_S3_URL;

describe.runIf(url !== undefined)("with a server", () => {
  const { origin, username, password, pathname } = new URL(url ?? "http://none");
  describeBucket("storage-blob: S3", {
    secrets: [password, "wrong-secret"],
    checksCredentials: true,
    open: ({ prefix, endpoint = origin, timeoutMs, bucket = pathname.slice(1), isSecretWrong }) =>
      openS3BlobStore({
        ...{ uri: `s3://${bucket}/${prefix}`, endpoint, timeoutMs, accessKeyId: username },
        secretAccessKey: isSecretWrong ? "wrong-secret" : password,
      }),
  });
});

test("half a key and endpoints that are none are refused at once", async () => {
  const half = openS3BlobStore({ uri: "s3://b", accessKeyId: "me" });
  await expect(half).rejects.toMatchObject({ code: "INVALID_ARGUMENT", path: "accessKeyId" });
  const endpoint = openS3BlobStore({ uri: "s3://b", endpoint: "http://:::" });
  await expect(endpoint).rejects.toMatchObject({ code: "INVALID_ARGUMENT", path: "endpoint" });
});
