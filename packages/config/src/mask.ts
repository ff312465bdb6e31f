import { configSection } from "./schema.ts";
import type { FurzeConfig } from "./types.ts";

/**
 * A copy that may be shown: keys, tokens, passwords inside addresses, and what looks like one inside scripts are replaced; empty ones
 * stay empty.
 */
export function maskConfig(config: FurzeConfig): FurzeConfig {
  return configSection.mask(config);
}
