// A server of S3's protocol that checks signatures: the Versity gateway over a folder, built from its Go module.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, findProgram, isPortOpen, run, ServiceUnavailableError } from "./supervisor.mjs";

const MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const KEY = "furze";
const SECRET = "furze-secret";
const BUCKET = "furze";

const folder = () => join(cacheFolder(), "versitygw");
const program = () => join(folder(), "versitygw");

export const s3 = {
  name: "s3",
  variable: "FURZE_TEST_S3_URL",
  /** The path is a bucket, the login the key and its secret. */
  url: (port) => `http://${KEY}:${SECRET}@127.0.0.1:${port}/${BUCKET}`,
  install: ({ log }) => {
    if (existsSync(program())) return;
    const go = findProgram("go", ["/usr/local/go/bin"]);
    if (go === undefined) throw new ServiceUnavailableError("install Go first: the server is built from its source");
    log(`building ${MODULE}, which takes minutes the first time`);
    run(go, ["install", "-ldflags=-s -w", MODULE], { env: { ...process.env, GOBIN: folder(), GOFLAGS: "-mod=mod" } });
  },
  command: ({ home, port }) => {
    const [objects, metadata] = [join(home, "objects"), join(home, "metadata")];
    for (const path of [join(objects, BUCKET), metadata]) mkdirSync(path, { recursive: true });
    const entry = ["--port", `127.0.0.1:${port}`, "--access", KEY, "--secret", SECRET, "--quiet"];
    return { file: program(), args: [...entry, "posix", "--sidecar", metadata, objects] };
  },
  isReady: isPortOpen,
};
