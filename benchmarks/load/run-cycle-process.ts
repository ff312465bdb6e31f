import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ItemNeighborType, UserNeighborType } from "@furze/recommend";
import type { Sample } from "../harness.ts";

/** What one training cycle is to make, from which stores. */
export interface CycleOrder {
  readonly data: string;
  readonly cache: string;
  readonly tablePrefix: string;
  readonly itemNeighbors?: ItemNeighborType | undefined;
  readonly userNeighbors?: UserNeighborType | undefined;
  readonly collaborative: boolean;
}

export interface TaskMeasure extends Sample {
  readonly task: string;
  /** The largest that the process had been when the task ended. */
  readonly peakRssMiB: number;
}

export interface CycleMeasure {
  readonly tasks: readonly TaskMeasure[];
  readonly summary: Readonly<Record<string, number>>;
}

/** What `furze up` starts a master with. */
const MEMORY_FLAGS = ["--max-semi-space-size=8"];
const MEMORY_ENV = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };

/** Runs a cycle in a process of its own. */
export async function runCycleProcess(order: CycleOrder): Promise<CycleMeasure> {
  const script = fileURLToPath(new URL("cycle-process.ts", import.meta.url));
  const flags = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning", ...MEMORY_FLAGS];
  const env = { ...MEMORY_ENV, ...process.env };
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, JSON.stringify(order)], { env });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { summary } = lines.pop() as Pick<CycleMeasure, "summary">;
  return { tasks: lines as TaskMeasure[], summary };
}
