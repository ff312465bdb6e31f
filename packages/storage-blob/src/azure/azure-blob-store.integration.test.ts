import { describe, expect, test } from "vitest";
import { describeBucket } from "../../test/describe-bucket.ts";
import { openAzureBlobStore } from "./open-azure-blob-store.ts";

const url = process.env.FURZE_TEST_AZURE_URL;
const WRONG_KEY = Buffer.from("wrong").toString("base64");

describe.runIf(url !== undefined)("with a server", () => {
  const { origin, username, password, pathname } = new URL(url ?? "http://none");
  const [, account = "", container = ""] = pathname.split("/");
  const key = decodeURIComponent(password);
  describeBucket("storage-blob: Azure", {
    secrets: [key, WRONG_KEY],
    checksCredentials: true,
    open: ({ prefix, endpoint = origin, timeoutMs, bucket = container, isSecretWrong }) =>
      openAzureBlobStore({
        ...{ uri: `az://${bucket}/${prefix}`, endpoint: `${endpoint}/${account}`, timeoutMs },
        ...{ accountName: username, accountKey: isSecretWrong ? WRONG_KEY : key },
      }),
  });

  test("a connection string does as well", async () => {
    const place = `BlobEndpoint=${origin}/${account};AccountName=${account};AccountKey=${key}`;
    const connectionString = `DefaultEndpointsProtocol=http;${place}`;
    const store = await openAzureBlobStore({ uri: `az://${container}/by-string`, connectionString });
    await store.put("a", Uint8Array.of(1));
    expect((await store.list()).map((blob) => blob.name)).toEqual(["a"]);
    await store.close();
  });
});

test("missing credentials and broken connection strings are refused, and not repeated", async () => {
  const uri = "az://container";
  await expect(openAzureBlobStore({ uri, accountName: "me" })).rejects.toThrow(/name and a key of an account/);
  const broken = openAzureBlobStore({ uri, connectionString: "AccountName=me;AccountKey=secret" });
  await expect(broken).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(broken).rejects.not.toThrow(/secret/);
});
