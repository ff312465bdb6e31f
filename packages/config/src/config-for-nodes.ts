import { loadConfig } from "./load.ts";
import type { FurzeConfig } from "./types.ts";

/**
 * A copy that workers and servers may be sent: without the address and the keys of the model files, which only the master opens, without
 * the password of its administrators, and without the cluster's token, which a node has before it may ask.
 */
export function configForNodes(config: FurzeConfig): FurzeConfig {
  const { blob, cluster } = loadConfig({}).config;
  return { ...config, blob, cluster, master: { ...config.master, dashboardUserName: "", dashboardPassword: "" } };
}
