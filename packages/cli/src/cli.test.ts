import { describe, expect, it } from "vitest";
import { runCli } from "./cli.ts";
import { captureIo } from "./testing/captured-io.ts";

async function run(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly errors: string[] }> {
  const io = captureIo();
  const code = await runCli(args, io);
  return { code, out: io.lines.join("\n"), errors: io.errors };
}

describe("runCli", () => {
  it.each([
    [["imprt"], "furze: unknown command 'imprt'. Did you mean import?"],
    [["bogus"], "furze: unknown command 'bogus'."],
    [["up", "--prot", "1"], "furze: unknown option '--prot'. Did you mean --port?"],
    [
      ["up", "--port", "99999"],
      "furze: option '--port <port>' argument '99999' is invalid. A port is a number from 1 to 65535.",
    ],
    [["up", "movielens-small"], "furze: too many arguments for 'up'. Expected 0 arguments but got 1: movielens-small."],
    [["import", "x"], "furze: required option '--format <format>' not specified."],
    [
      ["import", "--format", "csv", "--batch", "0", "x"],
      "furze: option '--batch <rows>' argument '0' is invalid. It must be a whole number of 1 or more.",
    ],
    [
      ["import", "--format", "csv", "--url", "localhost:8087", "x"],
      "furze: option '--url <url>' argument 'localhost:8087' is invalid. It must begin with http:// or https://, such as http://127.0.0.1:8087.",
    ],
  ])("answers %j with one sentence and exit code 2", async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 2, out: "", errors: [sentence] });
  });

  it("explains itself", async () => {
    const main = await run("--help");
    expect(main.code).toBe(0);
    expect(main.out).toMatch(/up .*\n.*import /s);
    for (const option of [
      "--config",
      "--data",
      "--example",
      "--port",
      "--worker-port",
      "--exit-after-first-list",
      "--verbose",
    ]) {
      expect((await run("up", "--help")).out).toContain(option);
    }
    expect((await run("import", "--help")).out).toContain("FURZE_SERVER_API_KEY");
  });

  it("shows the commands and fails when none is given", async () => {
    const { code, errors } = await run();
    expect(code).toBe(2);
    expect(errors.join("\n")).toContain("Usage: furze");
  });
});
