export interface Addresses {
  readonly rest: string;
  readonly master: string;
  readonly grpc: string;
}

export interface TryOutOptions {
  readonly rest: string;
  /** Whether the server wants a key, which is then read from FURZE_SERVER_API_KEY. */
  readonly needsKey: boolean;
  /** A user with a list. */
  readonly userId: string;
  /** An item to like, and a feedback type that counts as a like. */
  readonly itemId: string;
  readonly feedbackType: string;
  readonly value: number;
  readonly nowMs: number;
}

export function addressLines(addresses: Addresses): string[] {
  return [`REST API   ${addresses.rest}`, `master     ${addresses.master}`, `gRPC       ${addresses.grpc}`];
}

const NEWCOMER = "newcomer";

/** Three commands for a shell: a known user's list, a first like of a user nobody knows yet, and what he gets for it. */
export function curlLines(options: TryOutOptions): string[] {
  const { rest, needsKey, userId, itemId, feedbackType, value, nowMs } = options;
  const key = needsKey ? ` -H "X-API-Key: $FURZE_SERVER_API_KEY"` : "";
  const like = {
    FeedbackType: feedbackType,
    UserId: NEWCOMER,
    ItemId: itemId,
    Value: value,
    Timestamp: new Date(nowMs).toISOString(),
  };
  const body = shellQuote(JSON.stringify([like]));
  const list = (user: string) => shellQuote(`${rest}/api/recommend/${encodeURIComponent(user)}?n=5`);
  return [
    `curl${key} ${list(userId)}`,
    `curl${key} -X POST -H 'Content-Type: application/json' -d ${body} ${shellQuote(`${rest}/api/feedback`)}`,
    `curl${key} ${list(NEWCOMER)}`,
  ];
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
