import { median } from "../harness.ts";
import { type LoadResult, wrk } from "./wrk.ts";

const ROUNDS = 5;
/** Of the measured route in each round; a bare one is under load for half as long before it. */
const ROUND_SECONDS = 2;

export interface InterleavedLoad {
  readonly url: string;
  /** Body of a Lua function that returns the next request; `n` counts them. */
  readonly request: string;
  readonly connections: number;
  /** Address of the bare route. */
  readonly bareUrl: string;
  /** Watches answers while the load runs. @returns number of wrong ones */
  readonly check: (load: Promise<unknown>) => Promise<number>;
}

export interface InterleavedResult extends LoadResult {
  readonly wrong: number;
  /** Requests per second as a share of those of the bare route. */
  readonly ofBareRoute: number;
}

/**
 * Loads a route and a bare one in turns, as the machine's speed changes from one minute to the next: only the share of the bare route can be
 * compared with that of another run. All but errors and wrong answers, which are sums, are medians of the rounds.
 */
export async function interleavedLoad({ bareUrl, check, ...shape }: InterleavedLoad): Promise<InterleavedResult> {
  const rounds: InterleavedResult[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await bareLoad(bareUrl, shape.connections, ROUND_SECONDS / 2);
    const running = wrk({ ...shape, seconds: ROUND_SECONDS });
    const wrong = await check(running);
    const load = await running;
    rounds.push({ ...load, wrong, ofBareRoute: load.requestsPerSecond / bare.requestsPerSecond });
  }
  const medianOf = (field: keyof InterleavedResult): number => median(rounds.map((round) => round[field]));
  const sumOf = (field: keyof InterleavedResult): number => rounds.reduce((sum, round) => sum + round[field], 0);
  return {
    requestsPerSecond: medianOf("requestsPerSecond"),
    p99Ms: medianOf("p99Ms"),
    errors: sumOf("errors"),
    wrong: sumOf("wrong"),
    ofBareRoute: medianOf("ofBareRoute"),
  };
}

/** Load of a bare route, the same as that of the others. */
export function bareLoad(url: string, connections: number, seconds: number): Promise<LoadResult> {
  return wrk({ url, request: 'return wrk.format("GET", "/")', connections, seconds });
}
