import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { InvalidArgumentError } from "@furze/core";
import { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
import type { MutualTls } from "./types.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Reads the files of mutual TLS. @throws {InvalidArgumentError} that names the file that cannot be read */
export function readTlsFiles(files: TlsFiles): MutualTls {
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new InvalidArgumentError("tls", `the PEM file ${path} cannot be read`, { cause });
    }
  };
  return { ca: read(files.ca), cert: read(files.cert), key: read(files.key) };
}

/** Credentials of a server that asks each caller for a certificate; plain text without `tls`. @throws {InvalidArgumentError} */
export function serverCredentials(tls: MutualTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { ca, cert, key } = readTls(tls);
  return ServerCredentials.createSsl(ca, [{ private_key: key, cert_chain: cert }], true);
}

/** Credentials of a client that shows a certificate; plain text without `tls`. @throws {InvalidArgumentError} */
export function clientCredentials(tls: MutualTls | undefined): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  const { ca, cert, key } = readTls(tls);
  return ChannelCredentials.createSsl(ca, key, cert);
}

function readTls(tls: MutualTls): Record<keyof MutualTls, Buffer> {
  const read = { ca: Buffer.from(tls.ca), cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) };
  try {
    // Tried here, because gRPC reads them when the first connection is made and reports the fault as an unreachable peer.
    createSecureContext(read);
  } catch (cause) {
    throw new InvalidArgumentError("tls", "the TLS authority, certificate or key cannot be read", { cause });
  }
  return read;
}
