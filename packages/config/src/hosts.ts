import type { FurzeConfig } from "./types.ts";

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Address to listen on. One that was chosen wins; else all addresses when every key that guards the port is set, and
 * loopback only when one is not.
 *
 * @param chosen what the user wrote, empty for nothing
 * @param keys the secrets that guard the port, empty ones are not set
 */
export function resolveHost(chosen: string, keys: readonly string[]): string {
  if (chosen !== "") return chosen;
  return keys.every((key) => key !== "") ? "0.0.0.0" : "127.0.0.1";
}

/** Fills in the addresses that depend on other keys. */
export function withHosts(config: FurzeConfig): FurzeConfig {
  const { master, server } = config;
  // gRPC hands out every secret of the configuration, so it never stands open without a proof, whatever the file says.
  const isGuarded = missingProof(config).length === 0;
  const host = isGuarded || LOOPBACK_HOSTS.has(master.host) ? master.host || "0.0.0.0" : "127.0.0.1";
  const httpHost = resolveHost(master.httpHost, [server.apiKey, adminProof(config)]);
  return { ...config, master: { ...master, host, httpHost } };
}

/** One line for each port that stays closed for want of a key, or stands open without one. */
export function hostWarnings(config: FurzeConfig): readonly string[] {
  const { master, server } = config;
  const http = [
    ...(server.apiKey === "" ? ["server.api_key"] : []),
    ...(adminProof(config) === "" ? ["master.admin_api_key"] : []),
  ];
  return [
    ...(master.dashboardUserName !== "" && master.dashboardPassword === ""
      ? ["master.dashboard_password is empty: whoever knows dashboard_user_name may sign in"]
      : []),
    ...portWarning("HTTP", "master.http_host", master.httpHost, http),
    ...portWarning("gRPC", "master.host", master.host, missingProof(config)),
  ];
}

/** What guards the admin API: either of the two; empty when neither is set. */
function adminProof({ master }: FurzeConfig): string {
  return master.adminApiKey || master.dashboardPassword;
}

/** What guards gRPC: one of the two is enough. */
function missingProof({ master, cluster }: FurzeConfig): readonly string[] {
  return cluster.token === "" && !master.sslMode ? ["cluster.token or master.ssl_mode"] : [];
}

function portWarning(port: string, key: string, host: string, missing: readonly string[]): readonly string[] {
  if (missing.length === 0) return [];
  const keys = missing.join(" and ");
  if (LOOPBACK_HOSTS.has(host)) return [`${port} listens on ${host} only: set ${keys} to open it`];
  return [`${port} listens on ${host} (${key}) without ${keys}: whoever reaches the port may use it`];
}
