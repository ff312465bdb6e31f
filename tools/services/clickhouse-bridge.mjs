// The part of ClickHouse's HTTP interface that its clients use, over the engine of the npm package chdb:
// node clickhouse-bridge.mjs FOLDER_WITH_CHDB PORT DATA_FOLDER
// One query runs at a time. A SELECT is answered when it is complete, not row by row.
import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const [, , packages, port, dataFolder] = process.argv;
const { Session } = createRequire(join(packages, "package.json"))("chdb");
const session = new Session(dataFolder);

/** Parameters of the interface itself; all others are settings of the query. */
const CONTROL = new Set(
  `query database session_id session_timeout session_check query_id user password default_format compress decompress role
  wait_end_of_query send_progress_in_http_headers enable_http_compression http_write_exception_in_output_format
  cancel_http_readonly_queries_on_client_close http_headers_progress_interval_ms readonly send_receive_timeout`.split(/\s+/),
);
/** An insert whose rows are the body. They go by way of a file: as part of the statement, its parser would walk over them several times. */
const INSERT = /^(\s*INSERT\s.*\S)\s+(FORMAT\s+\w+)\s*$/is;
const ESCAPES = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f", 0: "\0" };
/** Codes of "no such table" and "no such database". */
const NOT_FOUND_CODES = ["60", "81"];

const quote = (text) => `'${text.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;
const word = (text) => text.replace(/\W/g, "");
const decode = (text) => text.replace(/\\(.)/g, (_, character) => ESCAPES[character] ?? character);

/** Types of the parameters in a query: `{name:Type}`. */
function parameterTypes(sql) {
  return new Map([...sql.matchAll(/\{\s*(\w+)\s*:\s*([^{}]+?)\s*\}/g)].map(([, name, type]) => [name, type]));
}

function parseRequest(parameters, body) {
  const query = parameters.get("query") ?? "";
  const isInsert = body.length > 0 && INSERT.test(query);
  const text = isInsert ? "" : body.toString("utf8");
  const types = parameterTypes(query || text);
  const statements = [];
  const settings = [];
  const bound = {};
  for (const [key, value] of parameters) {
    if (!key.startsWith("param_")) {
      if (!CONTROL.has(key)) settings.push(`${word(key)} = ${quote(value)}`);
      continue;
    }
    const name = key.slice("param_".length);
    // The engine parses the text of composite types itself; the others come escaped, and the binding escapes them again.
    if (/^(Array|Map|Tuple|Nullable\(Array)/.test(types.get(name) ?? "")) statements.push(`SET ${word(key)} = ${quote(value)}`);
    else bound[name] = value === "\\N" ? null : decode(value);
  }
  if (settings.length > 0) statements.push(`SET ${settings.join(", ")}`);
  const database = parameters.get("database");
  if (database) statements.push(`USE \`${database.replace(/`/g, "")}\``);
  const file = isInsert ? join(tmpdir(), `clickhouse-bridge-${randomUUID()}`) : undefined;
  if (file !== undefined) {
    writeFileSync(file, body);
    statements.push(query.replace(INSERT, `$1 FROM INFILE ${quote(file)} $2`));
  } else statements.push(query && text ? `${query}\n${text}` : query || text);
  return { sql: statements.join("; "), bound, file, format: parameters.get("default_format") ?? "TabSeparated" };
}

async function execute({ sql, bound, file, format }) {
  const hasParameters = Object.keys(bound).length > 0;
  try {
    return await (hasParameters ? session.queryBindAsync(sql, bound, { format }) : session.queryAsync(sql, { format }));
  } finally {
    if (file !== undefined) rmSync(file);
  }
}

let last = Promise.resolve();
function inTurn(task) {
  last = last.then(task, task);
  return last;
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function sendResult(request, response, parameters, result) {
  const count = (value) => String(value ?? 0);
  const summary = { read_rows: count(result.rowsRead), read_bytes: count(result.bytesRead) };
  const zeros = { written_rows: "0", written_bytes: "0", total_rows_to_read: "0", result_rows: "0", result_bytes: "0" };
  const headers = {
    "Content-Type": "text/plain; charset=UTF-8",
    "X-ClickHouse-Query-Id": parameters.get("query_id") ?? randomUUID(),
    "X-ClickHouse-Server-Display-Name": "chdb",
    "X-ClickHouse-Summary": JSON.stringify({ ...summary, ...zeros }),
  };
  const bytes = Buffer.from(result.bytes());
  const wantsGzip = parameters.get("enable_http_compression") === "1" && /gzip/.test(request.headers["accept-encoding"] ?? "");
  if (!wantsGzip) return response.writeHead(200, headers).end(bytes);
  return response.writeHead(200, { ...headers, "Content-Encoding": "gzip" }).end(gzipSync(bytes));
}

function sendError(response, error) {
  const message = String(error.message ?? error);
  const code = /Code: (\d+)/.exec(message)?.[1] ?? "1002";
  const status = NOT_FOUND_CODES.includes(code) ? 404 : 500;
  response.writeHead(status, { "X-ClickHouse-Exception-Code": code, "Content-Type": "text/plain" }).end(message);
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname === "/ping") return response.end("Ok.\n");
  try {
    const body = await readBody(request);
    sendResult(request, response, searchParams, await inTurn(() => execute(parseRequest(searchParams, body))));
  } catch (error) {
    sendError(response, error);
  }
});
server.listen(Number(port), "127.0.0.1");

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    session.close();
    process.exit(0);
  });
}
