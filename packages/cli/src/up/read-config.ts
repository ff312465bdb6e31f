import { randomBytes } from "node:crypto";
import { ConfigError, type FurzeConfig, type LoadedConfig, loadConfig } from "@furze/config";
import type { FeedbackExpression } from "@furze/core";
import { CliError } from "../cli-error.ts";

/** What `furze up` needs to know of the config that its processes will read. */
export interface SystemConfig {
  readonly masterHost: string;
  readonly masterPort: number;
  readonly masterHttpPort: number;
  readonly serverApiKey: string;
  /** Key of the admin API; one of this run alone where people sign in and the config has none; empty where that API is open or `serverApiKey` opens it. */
  readonly adminApiKey: string;
  /** Secret that worker and server have to show to the master; empty when none is set. */
  readonly clusterToken: string;
  /** Certificates with which worker and server join; `undefined` without mutual TLS. */
  readonly tlsFiles: { readonly ca: string; readonly cert: string; readonly key: string } | undefined;
  readonly positive: readonly FeedbackExpression[];
  /** Stores that the file or the environment names; `undefined` where they leave the choice open. */
  readonly dataStore: string | undefined;
  readonly cacheStore: string | undefined;
  readonly blobUri: string | undefined;
}

/**
 * Reads the config file, if any, and the environment.
 *
 * @param onWarning told about each thing that works but deserves a line
 * @throws {CliError} that lists all that is wrong, one problem a line
 */
export function readConfig(file: string | undefined, env: NodeJS.ProcessEnv, onWarning: (line: string) => void): SystemConfig {
  const { config, warnings } = load(file, env);
  for (const warning of warnings) onWarning(warning);
  const { sslMode, sslCa, sslCert, sslKey } = config.master;
  const defaults = loadConfig({ env: {} }).config;
  const chosen = (value: string, standard: string) => (value === standard ? undefined : value);
  return {
    masterHost: config.master.httpHost,
    masterPort: config.master.port,
    masterHttpPort: config.master.httpPort,
    serverApiKey: config.server.apiKey,
    adminApiKey: config.master.adminApiKey || (signsIn(config) ? randomBytes(32).toString("base64url") : ""),
    clusterToken: config.cluster.token,
    tlsFiles: sslMode ? { ca: sslCa, cert: sslCert, key: sslKey } : undefined,
    positive: config.recommend.dataSource.positiveFeedbackTypes,
    dataStore: chosen(config.database.dataStore, defaults.database.dataStore),
    cacheStore: chosen(config.database.cacheStore, defaults.database.cacheStore),
    blobUri: chosen(config.blob.uri, defaults.blob.uri),
  };
}

/** Whether the admin API wants an administrator who has signed in, which `furze up` cannot do. */
function signsIn({ master }: FurzeConfig): boolean {
  return master.dashboardUserName !== "" || master.dashboardPassword !== "";
}

function load(file: string | undefined, env: NodeJS.ProcessEnv): LoadedConfig {
  try {
    return loadConfig({ file, env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const where = file === undefined ? "" : ` (${file})`;
    throw new CliError(`The configuration${where} cannot be used:\n${error.message}`, { cause: error });
  }
}
