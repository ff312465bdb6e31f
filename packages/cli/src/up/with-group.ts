import { once } from "node:events";
import { AbortError } from "@furze/core";
import type { CliIo } from "../cli-io.ts";
import { watchInterrupts } from "./interrupts.ts";
import { ProcessGroup } from "./process-group.ts";

export interface WithGroupOptions {
  readonly io: CliIo;
  /** Whether the processes go on after `work` until the user stops them, which then is the way it should end. */
  readonly servesUntilStopped: boolean;
}

/**
 * Runs `work` with a group of processes, and stops these when it is done or fails, at Ctrl-C, and when this process ends in any other way.
 *
 * @throws {CliError} when a process cannot be kept running
 * @throws {AbortError} at Ctrl-C, unless that is the way it should end
 */
export async function withGroup(
  options: WithGroupOptions,
  work: (group: ProcessGroup, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { io, servesUntilStopped } = options;
  const group = new ProcessGroup({ onRestart: (line) => io.error(line) });
  const killAll = () => group.kill();
  const interrupts = watchInterrupts(killAll);
  // For an error that nobody took. When this process is killed the children see their channel to it close.
  process.once("exit", killAll);
  const signal = AbortSignal.any([interrupts.signal, group.failed]);
  try {
    await work(group, signal);
    if (servesUntilStopped) {
      io.out("Serving; Ctrl-C stops it.");
      await aborted(signal);
    }
  } catch (error) {
    // Whatever the abortion of the work looks like from inside, its reason is told below.
    if (!signal.aborted) throw error;
  } finally {
    if (interrupts.signal.aborted) io.out("Stopping.");
    await group.stop();
    process.off("exit", killAll);
    interrupts.dispose();
  }
  if (interrupts.signal.aborted && !servesUntilStopped) throw new AbortError();
  if (group.failed.aborted && !interrupts.signal.aborted) throw group.failed.reason;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
