import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { describe, expect, test } from "vitest";
import { toStoreError } from "./clickhouse-errors.ts";
import { parseClickhouseUri } from "./clickhouse-uri.ts";

const uri = process.env.FURZE_TEST_CLICKHOUSE_18_URL ?? "";

// The engine behind the other tests has no HTTP interface of its own. This one has, and is years older than what the store needs: only the
// dialogue is looked at, in the one format that both know.
describe.runIf(uri !== "")("the HTTP dialogue with ClickHouse 18.16", () => {
  const withClient = async (address: string, run: (client: ClickHouseClient) => Promise<void>) => {
    const { url, database, username, password } = parseClickhouseUri(address);
    const client = createClient({ url, database, username, password, log: { level: 127 } });
    try {
      await run(client);
    } finally {
      await client.close();
    }
  };

  test("rows go in and come out unchanged", () =>
    withClient(uri, async (client) => {
      await client.command({ query: "DROP TABLE IF EXISTS dialogue" });
      await client.command({
        query:
          "CREATE TABLE dialogue (key String, value Float64, time Int64, comment Nullable(String)) ENGINE = MergeTree ORDER BY key",
      });
      const values = [
        { key: "'\\\n😀", value: 0.1, time: 1_700_000_000_000, comment: null },
        { key: "a", value: -0.25, time: -62_135_596_800_000, comment: "" },
      ];
      await client.insert({ table: "dialogue", values, format: "JSONEachRow" });
      const query = "SELECT key, value, time, comment FROM dialogue ORDER BY key";
      const settings = {
        output_format_json_quote_64bit_integers: 0,
        wait_end_of_query: 1,
        max_query_size: "1000000000",
      } as const;
      const result = await client.query({ query, format: "JSONEachRow", clickhouse_settings: settings });
      expect(
        (await result.text())
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ).toEqual(values);
    }));

  test("its errors are told apart", async () => {
    const failure = async (address: string, query: string) => {
      let error: unknown;
      await withClient(address, async (client) => {
        error = await client.command({ query }).catch((reason: unknown) => reason);
      });
      return toStoreError(error, "there");
    };
    const wrong = uri.replace(/:[^:@]+@/, ":wrong@");
    expect(await failure(wrong, "SELECT 1")).toMatchObject({ code: "UNAVAILABLE", retryable: false });
    expect((await failure(wrong, "SELECT 1")).message).not.toContain("wrong@");
    expect((await failure(uri, "SELECT 1 FROM nowhere")).message).toMatch(/Call migrate\(\) first/);
    expect(await failure(uri, "SELECT nonsense(")).toMatchObject({ code: "INTERNAL" });
    expect(await failure(uri.replace(/default$/, "nowhere"), "SELECT 1")).toMatchObject({
      code: "UNAVAILABLE",
      retryable: false,
    });
  });
});
