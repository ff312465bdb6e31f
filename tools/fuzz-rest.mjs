// Sends many malformed requests to a server in a process of its own, and reports what came of them and how its memory went.
//   node tools/fuzz-rest.mjs [count = 100000] [seed = 1]
// Exits with 1 when an answer was of 500 or above, a connection was stuck, the server died, or its memory grew by half after the first tenth.
import { ApiProcess } from "../test/support/api-process.ts";
import { fuzzApi } from "../test/support/fuzz-api.ts";

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const mib = (bytes) => Math.round(bytes / 1024 / 1024);

const api = await ApiProcess.start();
const totals = new Map();
const problems = [];
const memory = [mib(await api.rssBytes())];
const started = performance.now();
for (let part = 0; part < 10; part++) {
  const options = { port: api.port, count: count / 10, seed: seed * 10 + part, concurrency: 16, timeoutMs: 60_000 };
  const { answers, stuck, failures } = await fuzzApi(options);
  for (const [status, number] of answers) totals.set(status, (totals.get(status) ?? 0) + number);
  for (const { kind } of stuck) problems.push(`stuck: ${kind}`);
  for (const { request, answer } of failures) problems.push(`${request.kind}: ${answer.slice(0, 200)}`);
  if (!api.isRunning) break;
  memory.push(mib(await api.rssBytes()));
}
const seconds = (performance.now() - started) / 1000;
if (!api.isRunning) problems.push("the server died");
else if (memory.at(-1) > memory[1] * 1.5) problems.push("memory grows");
if (api.errors !== "") problems.push(`the server logged errors: ${api.errors.slice(0, 500)}`);
await api.stop();

console.log(`${count} malformed requests in ${seconds.toFixed(1)} s`);
console.log(
  `answers: ${[...totals]
    .sort()
    .map(([status, number]) => `${status} x ${number}`)
    .join(", ")}`,
);
console.log(`memory after each tenth, MiB: ${memory.join(", ")}`);
for (const problem of problems.slice(0, 20)) console.log(problem);
console.log(problems.length === 0 ? "no problems" : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
