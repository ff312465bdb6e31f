/** A script that recommends items to a user. */
export interface ExternalOptions {
  readonly name: string;
  /** JavaScript; the value of its last expression is an array of item ids, best first, or a string that holds one as JSON. */
  readonly script: string;
  /** Hosts that `fetch` may ask, such as `api.example.com` or `localhost:8000`; without a port every port is meant. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Longest run for one user, the waiting for answers included, milliseconds, > 0. Default 5000. */
  readonly timeLimitMs?: number | undefined;
  /** Most memory of the machine that a run has, bytes; 16 MiB at least are given. An answer to `fetch` may be an eighth of it. Default 64 MiB. */
  readonly memoryLimitBytes?: number | undefined;
}
