import { describe, expect, test } from "vitest";
import { describeBucket } from "../../test/describe-bucket.ts";
import { openGcsBlobStore } from "./open-gcs-blob-store.ts";

const url = process.env.FURZE_TEST_GCS_URL;

describe.runIf(url !== undefined)("with a server", () => {
  const { origin, pathname } = new URL(url ?? "http://none");
  describeBucket("storage-blob: Google Cloud Storage", {
    secrets: [],
    checksCredentials: false,
    open: ({ prefix, endpoint = origin, timeoutMs, bucket = pathname.slice(1) }) =>
      openGcsBlobStore({ uri: `gs://${bucket}/${prefix}`, endpoint, timeoutMs }),
  });
});

test("a file of credentials that is not there, and an endpoint that is none, are refused at once", async () => {
  const missing = openGcsBlobStore({ uri: "gs://b", credentialsFile: "/no/such/key.json" });
  await expect(missing).rejects.toMatchObject({ code: "INVALID_ARGUMENT", path: "credentialsFile" });
  await expect(missing).rejects.toThrow("/no/such/key.json cannot be read");
  const endpoint = openGcsBlobStore({ uri: "gs://b", endpoint: "nowhere" });
  await expect(endpoint).rejects.toMatchObject({ code: "INVALID_ARGUMENT", path: "endpoint" });
});
