import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of the kernel in a second, the same on every Linux. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** Processor seconds so far of processes and their children, and the sum of the most memory that each has held. Linux only. */
export function usageOf(pids: readonly number[]): { readonly cpuSeconds: number; readonly peakRssMiB: number } {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const family = new Set(pids);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const members = all.filter(({ pid }) => family.has(pid));
  return {
    cpuSeconds: members.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakRssMiB: members.reduce((sum, { pid }) => sum + peakRssMiBOf(pid), 0),
  };
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may hold anything; the fields behind it count from the third.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // Its own time, then that of children that have ended, each in user and in system mode.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
}

function peakRssMiBOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0) / 1024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
