import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of the kernel in a second, the same on every Linux. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

interface Memory {
  /** Pages of its own: heaps, stacks, WebAssembly memories. */
  readonly ownMiB: number;
  /** Pages of files, above all the program itself, which processes have in common. */
  readonly fileMiB: number;
}

/** What a family of processes holds at one moment. */
export interface FamilyMemory {
  /** Their own pages, and once the pages of files. */
  readonly memoryMiB: number;
  /** Sum of what each holds, where pages that they share count for each of them. */
  readonly rssMiB: number;
}

/** Processor seconds so far of processes and their children. Linux only. */
export function usageOf(pids: readonly number[]): { readonly cpuSeconds: number } {
  return { cpuSeconds: familyOf(pids).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) };
}

/**
 * Memory of processes and their children now. Linux only, about 5 ms.
 *
 * A page that several processes map is in memory once, so the sum of their resident sizes says too much: of each process of Node.js
 * some 45 MiB are the program, the same pages for all. The proportional size (`Pss`) says too little where others on the machine,
 * such as whoever measures, run the same program. So pages of files count once, as many as the process with the most of them has.
 */
export function memoryOf(pids: readonly number[]): FamilyMemory {
  const members = familyOf(pids).map(({ pid }) => memoryOfProcess(pid));
  const ownMiB = members.reduce((sum, member) => sum + member.ownMiB, 0);
  const fileMiB = members.reduce((sum, member) => sum + member.fileMiB, 0);
  return { memoryMiB: ownMiB + Math.max(0, ...members.map((member) => member.fileMiB)), rssMiB: ownMiB + fileMiB };
}

function familyOf(pids: readonly number[]): Stat[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const family = new Set(pids);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid));
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

function memoryOfProcess(pid: number): Memory {
  const text = read(`/proc/${pid}/status`) ?? "";
  const mib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) / 1024;
  return { ownMiB: mib("RssAnon"), fileMiB: mib("RssFile") + mib("RssShmem") };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
