/** A sequence of numbers in [0, 1) that is the same for the same seed. */
export type Random = () => number;

/** Mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One connection's worth of trouble. */
export interface MalformedRequest {
  readonly kind: string;
  /** Pieces that are written one after another. */
  readonly chunks: readonly Buffer[];
  /**
   * What the client does after the last piece: waits for the answer, says that it sends no more and waits (`half-close`),
   * or goes away at once (`reset`).
   */
  readonly ending: "wait" | "half-close" | "reset";
}

type Kind = (random: Random) => Omit<MalformedRequest, "kind">;

const pick = <T>(random: Random, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
const integer = (random: Random, below: number): number => Math.floor(random() * below);

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const PATHS = [
  ...[
    "/api/user",
    "/api/users",
    "/api/item",
    "/api/items",
    "/api/feedback",
    "/api/session/recommend",
    "/api/user/u",
    "/api/item/i",
  ],
  ...[
    "/api/feedback/like/u/i",
    "/api/recommend/u",
    "/api/latest",
    "/api/popular",
    "/api/item/i/neighbors",
    "/apidocs/",
    "/metrics",
    "/login",
    "/logout",
    "/api/dashboard/config",
    "/api/dashboard/ranker/prompt",
  ],
];
const BODY_PATHS = [
  ...["/api/user", "/api/users", "/api/item", "/api/items", "/api/feedback", "/api/session/recommend"],
  "/api/dashboard/config",
];

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => integer(random, 256)));
}

function request(method: string, path: string, body: Buffer | string, headers: readonly string[] = []): Buffer {
  const content = Buffer.from(body);
  const lines = [`${method} ${path} HTTP/1.1`, "Host: x", "Connection: close", "Content-Type: application/json", ...headers];
  if (!headers.some((header) => /^(content-length|transfer-encoding)/i.test(header)))
    lines.push(`Content-Length: ${content.length}`);
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), content]);
}

const ROWS = [
  { UserId: "u", Labels: { a: [1, 2], b: "c" }, Comment: "x" },
  { ItemId: "i", IsHidden: false, Categories: ["a"], Timestamp: "2024-01-02T03:04:05Z", Labels: ["x"], Comment: "" },
  { FeedbackType: "like", UserId: "u", ItemId: "i", Value: 1, Timestamp: "2024-01-02T03:04:05Z", Comment: "" },
];
const STRANGE = [
  ...[null, true, -1, 1e308, -0, 0.1, "", "\0", "\ud800", "x".repeat(300), [], {}, [[]], [null], { a: { b: [true] } }],
  ...["__proto__", "constructor", "9999-99-99", "-1", "NaN", "1".repeat(400), "../../etc/passwd", "'; DROP TABLE users; --"],
];

/** A correct row of which some fields hold something else. */
function strangeRow(random: Random): object {
  const row: Record<string, unknown> = { ...pick(random, ROWS) };
  for (const field of Object.keys(row)) if (random() < 0.4) row[field] = pick(random, STRANGE);
  if (random() < 0.2) row[String(pick(random, STRANGE))] = pick(random, STRANGE);
  return row;
}

function path(random: Random): string {
  const rest = pick(random, ["", "", "?n=", "?offset=", "?cursor=", "?category=", "?user-id=", "?write-back-type=", "/", "//"]);
  const tail = pick(random, [
    "1",
    "-1",
    "1e9",
    "%",
    "%zz",
    "%00",
    "%FF%FE",
    "%2F..%2F",
    "a+b",
    "=&&==",
    "%F0%9F%98%80",
    "x".repeat(300),
    ";",
    "'",
  ]);
  return pick(random, PATHS) + rest + encodeURI(tail).replaceAll("%25", "%");
}

/** Ways of being wrong, by name. */
const KINDS: Readonly<Record<string, Kind>> = {
  "random bytes": (random) => ({
    chunks: [bytes(random, 1 + integer(random, 200))],
    ending: pick(random, ["wait", "half-close"]),
  }),
  "broken request line": (random) => {
    const line = pick(random, [
      "GET",
      "GET /",
      "GET / HTTP/9.9",
      " / HTTP/1.1",
      "G\u0001T / HTTP/1.1",
      "GET  /api HTTP/1.1",
      "TRACE / HTTP/1.1",
    ]);
    return { chunks: [Buffer.from(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`, "latin1")], ending: "half-close" };
  },
  "broken header": (random) => {
    const header = pick(random, [
      "Content-Length: -1",
      "Content-Length: 1e3",
      "Content-Length: 5\r\nContent-Length: 6",
      "Transfer-Encoding: gzip",
    ]);
    const other = pick(random, [
      "X: \u0000",
      ": empty",
      "no colon",
      " folded: x",
      `Big: ${"x".repeat(20_000)}`,
      "X-API-Version: 2",
    ]);
    return { chunks: [request("POST", pick(random, BODY_PATHS), "{}", [header, other])], ending: "half-close" };
  },
  "both lengths": (random) => ({
    chunks: [
      request("POST", pick(random, BODY_PATHS), "0\r\n\r\nGET / HTTP/1.1\r\n\r\n", [
        "Content-Length: 3",
        "Transfer-Encoding: chunked",
      ]),
    ],
    ending: "half-close",
  }),
  "broken chunks": (random) => {
    const body = pick(random, [
      "zz\r\n{}\r\n0\r\n\r\n",
      "2\r\n{}",
      "fffffffffffffffff\r\n{}\r\n",
      "2\r\n{}xx0\r\n\r\n",
      "-1\r\n\r\n",
    ]);
    return { chunks: [request("POST", pick(random, BODY_PATHS), body, ["Transfer-Encoding: chunked"])], ending: "half-close" };
  },
  "body cut short": (random) => ({
    chunks: [request("POST", pick(random, BODY_PATHS), '{"UserId":', [`Content-Length: ${20 + integer(random, 1000)}`])],
    ending: pick(random, ["half-close", "reset"]),
  }),
  "broken JSON": (random) => {
    const text = JSON.stringify(random() < 0.5 ? strangeRow(random) : [strangeRow(random)]);
    const at = integer(random, text.length);
    const broken =
      text.slice(0, at) +
      pick(random, ["", "{", "]", '"', "\\u12", "\u0001", "NaN", ",,"]) +
      text.slice(at + integer(random, 3));
    return { chunks: [request(pick(random, METHODS), pick(random, BODY_PATHS), broken)], ending: "wait" };
  },
  "wrong types": (random) => {
    const rows = Array.from({ length: integer(random, 4) }, () => strangeRow(random));
    const body = JSON.stringify(pick<unknown>(random, [rows, rows[0] ?? {}, pick<unknown>(random, STRANGE)]));
    return { chunks: [request(pick(random, METHODS), pick(random, PATHS), body)], ending: "wait" };
  },
  "deep nesting": (random) => {
    const depth = 1 + integer(random, 20_000);
    const [open, close] = pick(random, [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const);
    const nested = `${open.repeat(depth)}1${close.repeat(random() < 0.5 ? depth : integer(random, depth))}`;
    const [path, body] = pick(random, [
      ["/api/user", `{"UserId":"u","Labels":${nested}}`],
      ["/api/dashboard/config", `{"recommend":{"ranker":${nested}}}`],
    ] as const);
    return { chunks: [request("POST", path, body)], ending: "wait" };
  },
  "huge numbers": (random) => {
    const number = pick(random, ["1e999", "-1e999", "1".repeat(5000), `0.${"0".repeat(3000)}1`, "1e-999", "9007199254740993"]);
    return {
      chunks: [request("POST", "/api/feedback", `[{"FeedbackType":"a","UserId":"u","ItemId":"i","Value":${number}}]`)],
      ending: "wait",
    };
  },
  "bad UTF-8": (random) => {
    const text = Buffer.concat([
      Buffer.from('{"UserId":"'),
      pick(random, [Buffer.of(0xc0, 0x80), Buffer.of(0xff), Buffer.of(0xed, 0xa0, 0x80), bytes(random, 8)]),
    ]);
    return { chunks: [request("POST", "/api/user", Buffer.concat([text, Buffer.from('"}')]))], ending: "wait" };
  },
  "odd encodings": (random) => {
    const header = pick(random, [
      "Content-Encoding: gzip",
      "Content-Encoding: br",
      "Content-Type: application/json; charset=utf-16",
      "Accept: \u00ff",
    ]);
    const text = Buffer.from('{"UserId":"u"}', pick(random, ["utf8", "utf16le", "latin1"] as const));
    return { chunks: [request("POST", "/api/user", pick(random, [text, bytes(random, 40)]), [header])], ending: "wait" };
  },
  "strange address": (random) => ({ chunks: [request(pick(random, METHODS), path(random), "{}")], ending: "wait" }),
  "piece by piece": (random) => {
    const whole = request("POST", "/api/user", JSON.stringify(strangeRow(random)));
    const size = 1 + integer(random, 40);
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, place) =>
      whole.subarray(place * size, (place + 1) * size),
    );
    return { chunks: random() < 0.5 ? pieces : pieces.slice(0, -1), ending: pick(random, ["half-close", "reset"]) };
  },
  // All but the last keep the connection alive.
  pipelined: (random) => {
    const requests = Array.from({ length: 2 + integer(random, 10) }, () => String(request("GET", path(random), "")));
    const last = requests.pop() ?? "";
    return { chunks: [Buffer.from(requests.join("").replaceAll("Connection: close\r\n", "") + last)], ending: "half-close" };
  },
};

export const MALFORMED_KINDS: readonly string[] = Object.keys(KINDS);

/** A request that is wrong in one way or other, or at least odd; the same for the same state of `random`. */
export function malformedRequest(random: Random): MalformedRequest {
  const kind = pick(random, MALFORMED_KINDS);
  return { kind, ...(KINDS[kind] as Kind)(random) };
}
