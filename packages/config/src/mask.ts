import type { FurzeConfig } from "./types.ts";

const MASK = "********";

/** A copy that may be shown: keys, tokens and the passwords inside addresses are replaced, empty ones stay empty. */
export function maskConfig(config: FurzeConfig): FurzeConfig {
  const { database, master, server, cluster, blob } = config;
  return {
    ...config,
    database: { ...database, dataStore: maskUri(database.dataStore), cacheStore: maskUri(database.cacheStore) },
    master: { ...master, adminApiKey: maskText(master.adminApiKey) },
    server: { ...server, apiKey: maskText(server.apiKey) },
    cluster: { ...cluster, token: maskText(cluster.token) },
    blob: { ...blob, uri: maskUri(blob.uri) },
  };
}

function maskText(secret: string): string {
  return secret === "" ? "" : MASK;
}

/**
 * Replaces the password of an address, `scheme://user:password@host`, and parameters that hold secrets.
 * A password may itself contain `@`, `/` and `?`: everything up to the last `@` is taken for one.
 */
export function maskUri(uri: string): string {
  const withoutPassword = uri.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/?]*):.*@/is, `$1:${MASK}@`);
  return withoutPassword.replace(/([?&][^=&]*(?:password|passwd|pwd|secret|token|key)[^=&]*=)[^&]*/gi, `$1${MASK}`);
}
