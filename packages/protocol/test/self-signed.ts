import { createSign, generateKeyPairSync } from "node:crypto";
import type { MutualTls } from "../src/types.ts";

/** One element of DER, the encoding of certificates. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), body]);
}

const SEQUENCE = 0x30;
const ECDSA_WITH_SHA256 = der(SEQUENCE, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
const NAME = der(SEQUENCE, der(0x31, der(SEQUENCE, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from("furze")))));
const LOOPBACK_NAMES = der(SEQUENCE, der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));

/** A certificate that has signed itself, so that it is its own authority, valid for 127.0.0.1. */
export function selfSigned(serial: number): MutualTls {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const time = (text: string) => der(0x18, Buffer.from(text));
  const extension = (oid: string, value: Buffer) => der(SEQUENCE, der(0x06, Buffer.from(oid, "hex")), der(0x04, value));
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    ECDSA_WITH_SHA256,
    NAME,
    der(SEQUENCE, time("20200101000000Z"), time("99991231235959Z")),
    NAME,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      der(SEQUENCE, extension("551d11", LOOPBACK_NAMES), extension("551d13", der(SEQUENCE, der(0x01, Buffer.from([0xff]))))),
    ),
  );
  const signature = createSign("sha256").update(body).sign(privateKey);
  const certificate = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature));
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`;
  return { ca: pem, cert: pem, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}
