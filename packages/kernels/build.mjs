// Compiles assembly/index.ts to build/furze-kernels.wasm; does nothing when the output is newer than every source.
import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL(".", import.meta.url));
const output = `${root}build/furze-kernels.wasm`;
const sources = [`${root}build.mjs`, ...readdirSync(`${root}assembly`).map((name) => `${root}assembly/${name}`)];

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (!process.argv.includes("--force") && modified(output) > Math.max(...sources.map(modified))) process.exit(0);

mkdirSync(`${root}build`, { recursive: true });
// Written aside and renamed, so that a process that starts meanwhile never reads half a module.
const partial = `build/.furze-kernels.${process.pid}.wasm`;
const { error, stderr } = await asc.main(
  [
    "assembly/index.ts",
    ...["--outFile", partial],
    "-O3",
    "--noAssert",
    ...["--enable", "simd,threads,relaxed-simd"],
    ...["--runtime", "stub"],
    "--importMemory",
    "--sharedMemory",
    ...["--initialMemory", "1"],
    ...["--maximumMemory", "65536"],
    // Kernels keep no data of their own: the first 1,024 bytes stay unused so that no pointer is 0.
    ...["--memoryBase", "1024"],
    ...["--use", "abort="],
    ...process.argv.slice(2).filter((argument) => argument !== "--force"),
  ],
  { baseDir: root },
);
if (error) {
  process.stderr.write(`${stderr.toString()}\n${error.message}\n`);
  process.exit(1);
}
renameSync(`${root}${partial}`, output);
