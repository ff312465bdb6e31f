import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "../../../../test/support/own-server.ts";
import { openDataStore } from "../open-store.ts";

const SERVERS = [
  {
    name: "postgres",
    user: "postgres",
    isThere: process.env.FURZE_TEST_POSTGRES_URL !== undefined,
    words: (cert: string, key: string) => ["-c", "ssl=on", "-c", `ssl_cert_file=${cert}`, "-c", `ssl_key_file=${key}`],
    encrypt: "sslmode=require",
    verifyCa: "sslmode=verify-ca",
    verifyFull: "sslmode=verify-full",
    ca: "sslrootcert",
  },
  {
    name: "mariadb",
    user: "mysql",
    isThere: process.env.FURZE_TEST_MYSQL_URL !== undefined,
    words: (cert: string, key: string) => [`--ssl-cert=${cert}`, `--ssl-key=${key}`],
    encrypt: "tls=skip-verify",
    verifyCa: "ssl-mode=VERIFY_CA",
    verifyFull: "tls=true",
    ca: "ssl-ca",
  },
] as const;

const folder = mkdtempSync(join(tmpdir(), "furze-tls-"));
const path = (name: string) => join(folder, name);
const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "ignore" });

function makeAuthority(name: string): void {
  const fresh = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`];
  openssl("req", "-x509", ...fresh, "-keyout", path(`${name}.key`), "-out", path(`${name}.pem`));
}

/** A certificate for the host, of the first authority. */
function makeCertificate(host: string): void {
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${host}`, "-keyout", path(`${host}.key`), "-out", path("csr"));
  writeFileSync(path("names"), `subjectAltName=DNS:${host}\n`);
  const authority = ["-CA", path("ours.pem"), "-CAkey", path("ours.key"), "-CAcreateserial"];
  openssl(
    "x509",
    "-req",
    "-in",
    path("csr"),
    ...authority,
    "-days",
    "2",
    "-extfile",
    path("names"),
    "-out",
    path(`${host}.pem`),
  );
}

/** Lays the certificate where the servers look for theirs; each runs as a user of its own. */
function install(host: string, user: string): void {
  for (const [end, mode] of [["pem", 0o644] as const, ["key", 0o600] as const]) {
    copyFileSync(path(`${host}.${end}`), path(`${user}.${end}`));
    chmodSync(path(`${user}.${end}`), mode);
    if (process.getuid?.() === 0) chownSync(path(`${user}.${end}`), Number(execFileSync("id", ["-u", user])), -1);
  }
}

beforeAll(() => {
  chmodSync(folder, 0o755);
  for (const name of ["ours", "others"]) makeAuthority(name);
  for (const host of ["localhost", "elsewhere.example"]) makeCertificate(host);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SERVERS)("TLS to $name", ({ name, user, isThere, words, encrypt, verifyCa, verifyFull, ca }) => {
  describe.runIf(isThere)("with a server of its own", () => {
    let server: OwnServer;

    const ping = async (query: string) => {
      const store = await openDataStore(`${server.uri.replace("127.0.0.1", "localhost")}?${query}`, { retryForMs: 0 });
      try {
        await store.ping();
      } finally {
        await store.close();
      }
    };
    const trusting = (authority: string) => `${ca}=${path(`${authority}.pem`)}`;
    const untrusted = {
      code: "UNAVAILABLE",
      retryable: false,
      message: expect.stringContaining("certificate that is not trusted"),
    };

    beforeAll(async () => {
      install("localhost", user);
      server = await startOwnServer(name, words(path(`${user}.pem`), path(`${user}.key`)));
    });

    afterAll(() => server.remove());

    test("a certificate of an authority that the address names, for the host, is good for all modes", async () => {
      for (const mode of [encrypt, verifyCa, verifyFull]) await ping(`${mode}&${trusting("ours")}`);
      await ping(encrypt);
    });

    test("a certificate of another authority is refused where it counts, and trying again is of no use", async () => {
      for (const mode of [verifyCa, verifyFull]) {
        await expect(ping(mode)).rejects.toMatchObject(untrusted);
        await expect(ping(`${mode}&${trusting("others")}`)).rejects.toMatchObject(untrusted);
      }
    });

    test("a file that is not there is named", async () => {
      await expect(ping(`${verifyFull}&${ca}=/no/such/ca.pem`)).rejects.toThrow(/names the file \/no\/such\/ca\.pem/);
    });

    test("a certificate for another host is refused in the strictest mode only", async () => {
      await server.kill();
      install("elsewhere.example", user);
      await server.start();
      await ping(`${verifyCa}&${trusting("ours")}`);
      await expect(ping(`${verifyFull}&${trusting("ours")}`)).rejects.toMatchObject(untrusted);
    });
  });
});
