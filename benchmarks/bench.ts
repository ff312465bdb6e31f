// pnpm bench NAME [NAME...] [--json] [--against]: runs rows of benchmarks/rows and prints one JSON object per line, or a table.
// --against runs the same rows with other libraries, too.
import { readdirSync } from "node:fs";
import { runRivals } from "./against/run-rivals.ts";
import type { BenchResult, BenchRow } from "./harness.ts";

const folder = new URL("./rows/", import.meta.url);
const available = readdirSync(folder)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3))
  .sort();

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const asJson = process.argv.includes("--json");
const isAgainst = process.argv.includes("--against");
const unknown = names.filter((name) => !available.includes(name));

if (names.length === 0 || unknown.length > 0) {
  const complaint = unknown.length > 0 ? `There is no benchmark named ${unknown.join(", ")}.\n` : "";
  process.stderr.write(`${complaint}usage: pnpm bench NAME [NAME...] [--json] [--against]\nnames: ${available.join(", ")}\n`);
  process.exitCode = 1;
} else {
  for (const name of names) {
    const row: BenchRow = await import(new URL(`${name}.ts`, folder).href);
    for await (const result of row.run()) print({ bench: name, ...result });
    if (isAgainst) for (const result of runRivals([name])) print(result);
  }
}

function print(result: { bench: string } & BenchResult): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const fields = (values: Readonly<Record<string, number | string>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${typeof value === "number" && !Number.isInteger(value) ? value.toFixed(4) : value}`)
      .join(" ");
  const times = `${result.seconds.toFixed(4)} s  cpu ${result.cpuSeconds.toFixed(4)} s  peak ${result.peakRssMiB.toFixed(0)} MiB`;
  process.stdout.write(`${result.bench.padEnd(12)} ${fields(result.params).padEnd(44)} ${times}  ${fields(result.quality)}\n`);
}
