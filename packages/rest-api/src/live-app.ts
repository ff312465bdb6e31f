import type { listen } from "./listen.ts";

type App = Parameters<typeof listen>[0];

/** An application with what it holds. */
export interface ServedApp {
  readonly app: App;
  close(): Promise<void>;
}

interface Turn extends ServedApp {
  requests: number;
  readonly ended: PromiseWithResolvers<void>;
  isRetired: boolean;
}

/** Serves requests by the application that is current; one that was replaced is closed when the last of its requests has been answered. */
export class LiveApp {
  readonly fetch: App["fetch"] = async (request, env, context) => {
    const turn = this.#turn;
    turn.requests++;
    try {
      return await turn.app.fetch(request, env, context);
    } finally {
      turn.requests--;
      settle(turn);
    }
  };
  #turn: Turn;

  constructor(first: ServedApp) {
    this.#turn = begin(first);
  }

  replace(next: ServedApp): void {
    const old = this.#turn;
    this.#turn = begin(next);
    retire(old);
  }

  /** Closes the current application; nothing may be asked of it any more. */
  async close(): Promise<void> {
    retire(this.#turn);
    await this.#turn.ended.promise;
  }
}

function begin(served: ServedApp): Turn {
  const ended = Promise.withResolvers<void>();
  return { app: served.app, close: () => served.close(), requests: 0, ended, isRetired: false };
}

function retire(turn: Turn): void {
  turn.isRetired = true;
  settle(turn);
}

function settle(turn: Turn): void {
  if (turn.isRetired && turn.requests === 0) turn.ended.resolve(turn.close());
}
