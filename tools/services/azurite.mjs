// Azure's blobs: Microsoft's emulator out of the npm package azurite. Nothing is kept on disk.
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, findProgram, isPortOpen, run } from "./supervisor.mjs";

const PACKAGE = "azurite@3.37.0";
const ACCOUNT = "furze";
const KEY = Buffer.from("furze-secret-of-the-emulator").toString("base64");
const CONTAINER = "furze";

const folder = () => join(cacheFolder(), "azurite");
const program = () => join(folder(), "node_modules", "azurite", "dist", "src", "blob", "main.js");

export const azurite = {
  name: "azurite",
  variable: "FURZE_TEST_AZURE_URL",
  /** The login is the account and its key, the path the account and a container. */
  url: (port) => `http://${ACCOUNT}:${encodeURIComponent(KEY)}@127.0.0.1:${port}/${ACCOUNT}/${CONTAINER}`,
  install: ({ log }) => {
    if (existsSync(program())) return;
    log(`downloading ${PACKAGE}`);
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "package.json"), '{ "private": true }\n');
    run(findProgram("npm") ?? "npm", ["install", "--silent", "--ignore-scripts", PACKAGE], { cwd: folder() });
  },
  command: ({ port }) => {
    const place = ["--blobHost", "127.0.0.1", "--blobPort", String(port)];
    const settings = ["--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"];
    const env = { AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` };
    return { file: process.execPath, args: [program(), ...place, ...settings], env };
  },
  isReady: isPortOpen,
  prepare: async ({ port }) => {
    const url = `http://127.0.0.1:${port}/${ACCOUNT}/${CONTAINER}?restype=container`;
    const version = "2021-12-02";
    const date = new Date().toUTCString();
    // The form that Azure's reference gives for requests with a shared key, under "Authorize with Shared Key".
    const resource = `/${ACCOUNT}/${ACCOUNT}/${CONTAINER}\nrestype:container`;
    const text = `PUT${"\n".repeat(12)}x-ms-date:${date}\nx-ms-version:${version}\n${resource}`;
    const signature = createHmac("sha256", Buffer.from(KEY, "base64")).update(text).digest("base64");
    const headers = { "x-ms-date": date, "x-ms-version": version, authorization: `SharedKey ${ACCOUNT}:${signature}` };
    const { status } = await fetch(url, { method: "PUT", headers });
    if (status !== 201 && status !== 409) throw new Error(`azurite made no container: ${status}`);
  },
};
