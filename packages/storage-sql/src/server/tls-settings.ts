import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "@furze/core";

/** `encrypt`: any certificate will do. `verify-ca`: of an authority that is trusted. `verify-full`: and of the host's name. */
export type TlsMode = "off" | "encrypt" | "verify-ca" | "verify-full";

/** What an address says about TLS. Files are paths, PEM. */
export interface TlsSettings {
  readonly mode: TlsMode;
  /** Authorities to trust. Default: those that Node.js trusts. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** @throws {InvalidArgumentError} for a file that cannot be read */
export function readTlsFiles({ caFile, certFile, keyFile }: TlsSettings): TlsFiles {
  return {
    ...(caFile !== undefined && { ca: readPem(caFile) }),
    ...(certFile !== undefined && { cert: readPem(certFile) }),
    ...(keyFile !== undefined && { key: readPem(keyFile) }),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InvalidArgumentError("uri", `The address names the file ${path}, which cannot be read.`, { cause: error });
  }
}

/** Errors of Node.js about certificates: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODE =
  /^(UNABLE_TO_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_MISMATCH|ERR_TLS_CERT|ERR_SSL_|ERR_OSSL_)/;

/** Whether the connection failed because of a certificate, which no waiting ends. */
export function isCertificateCode(code: unknown): boolean {
  return typeof code === "string" && CERTIFICATE_CODE.test(code);
}
