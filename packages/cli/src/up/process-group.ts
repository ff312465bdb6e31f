import { type Clock, systemClock } from "@furze/core";
import { CliError } from "../cli-error.ts";
import { ManagedProcess, type ProcessSpec } from "./managed-process.ts";
import { RestartPolicy } from "./restart-policy.ts";

export interface ProcessGroupOptions {
  /** Told about each restart, in one line. */
  readonly onRestart: (line: string) => void;
  /** Time that one process gets to end before it is killed. Default 10,000. */
  readonly stopTimeoutMs?: number | undefined;
  /** Default 5. */
  readonly maxRestartsPerMinute?: number | undefined;
  /** Wait before a first restart; doubled for each further one within a minute. Default 500. */
  readonly firstRestartDelayMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Member {
  readonly spec: ProcessSpec;
  readonly policy: RestartPolicy;
  process: ManagedProcess;
  restart: NodeJS.Timeout | undefined;
}

/**
 * Child processes that live and end together. Until `supervise` a process that ends makes the group fail, because a first start that fails
 * would fail again; afterwards it is restarted.
 */
export class ProcessGroup {
  /** Aborts when the group cannot go on; the reason is a `CliError`. */
  readonly failed: AbortSignal;
  readonly #failure = new AbortController();
  readonly #options: ProcessGroupOptions;
  readonly #members: Member[] = [];
  #isSupervised = false;
  #isStopping = false;

  constructor(options: ProcessGroupOptions) {
    this.#options = options;
    this.failed = this.#failure.signal;
  }

  start(spec: ProcessSpec): ManagedProcess {
    const policy = new RestartPolicy({
      clock: this.#options.clock ?? systemClock,
      maxPerMinute: this.#options.maxRestartsPerMinute,
      firstDelayMs: this.#options.firstRestartDelayMs,
    });
    const member: Member = { spec, policy, process: new ManagedProcess(spec), restart: undefined };
    this.#members.push(member);
    this.#watch(member);
    return member.process;
  }

  /** From now on a process that ends is restarted. */
  supervise(): void {
    this.#isSupervised = true;
  }

  /** Stops the processes one after another, the last started first. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const member of this.#members.toReversed()) {
      clearTimeout(member.restart);
      await member.process.stop(this.#options.stopTimeoutMs ?? 10_000);
    }
  }

  /** Ends all at once. */
  kill(): void {
    this.#isStopping = true;
    for (const member of this.#members) {
      clearTimeout(member.restart);
      member.process.kill();
    }
  }

  #watch(member: Member): void {
    const { process, spec } = member;
    void process.ended.then((end) => {
      if (this.#isStopping) return;
      // A process that was killed had no time to say why: its last line is about something else.
      const [last] = end.startsWith("signal") ? [] : process.lastLines(1);
      const how = last === undefined ? end : `${end}: ${last}`;
      if (!this.#isSupervised) return this.#fail(`The ${spec.name} did not start (${how}).${whereIsLog(spec)}`);
      const delayMs = member.policy.next();
      if (delayMs === undefined) return this.#fail(`The ${spec.name} keeps dying (${how}); giving up.${whereIsLog(spec)}`);
      this.#options.onRestart(`The ${spec.name} ended unexpectedly (${how}); starting it again in ${delayMs / 1000} s.`);
      member.restart = setTimeout(() => {
        member.process = new ManagedProcess(spec);
        this.#watch(member);
      }, delayMs);
    });
  }

  #fail(message: string): void {
    this.#failure.abort(new CliError(message));
  }
}

function whereIsLog(spec: ProcessSpec): string {
  return spec.logFile === undefined ? "" : ` Its log is ${spec.logFile}.`;
}
