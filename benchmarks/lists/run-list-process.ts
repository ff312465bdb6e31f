import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { StoredModel } from "@furze/training";
import type { BenchResult } from "../harness.ts";

/** Lists that a worker is to make, and from what. */
export interface ListOrder {
  readonly data: string;
  readonly cache: string;
  /** Folder of the model files. */
  readonly models: string;
  readonly current: readonly StoredModel[];
  /** Processes of the servers, whose processor time counts, too. */
  readonly serverPids: readonly number[];
}

/** Has a process of its own make all lists several times. */
export async function runListProcess(order: ListOrder): Promise<Omit<BenchResult, "params">> {
  const script = fileURLToPath(new URL("list-process.ts", import.meta.url));
  // The last is what `furze up` starts a worker with.
  const flags = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, JSON.stringify(order)]);
  return JSON.parse(stdout) as Omit<BenchResult, "params">;
}
