import { open } from "node:fs/promises";
import { throwIfAborted } from "@furze/core";
import { InvalidRowError } from "@furze/dataset/readers";
import { FmSamples } from "./samples.ts";

/** Options of `readLibFm`. */
export interface ReadLibFmOptions {
  /** Number of features, when files with different largest features belong together. Default: the largest of this file + 1. */
  readonly numFeatures?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_FEATURE = 2 ** 31 - 2;

/**
 * Reads samples in libFM's text form, one a line: `target feature:value feature:value ...`. Targets above 0 are positive.
 * Empty lines and what follows a `#` are passed over.
 *
 * @throws {InvalidRowError} naming the line that cannot be read
 * @throws {InvalidArgumentError} if a feature is not below `numFeatures`
 * @throws {AbortError} when the signal ends the call
 * Source of the form: Rendle, "Factorization Machines with libFM", ACM TIST 2012.
 */
export async function readLibFm(path: string, options: ReadLibFmOptions = {}): Promise<FmSamples> {
  const collector = new Collector();
  const file = await open(path);
  let number = 0;
  for await (const line of file.readLines()) {
    number++;
    if (number % 4096 === 0) throwIfAborted(options.signal);
    const text = (line.split("#", 1)[0] ?? "").trim();
    if (text === "") continue;
    const reason = collector.add(text);
    if (reason !== undefined) throw new InvalidRowError({ file: path, line: number, reason });
  }
  throwIfAborted(options.signal);
  return collector.build(options.numFeatures);
}

class Collector {
  readonly #offsets = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];
  readonly #targets: number[] = [];
  #maxFeature = -1;
  #isAllOnes = true;

  /** Adds a line; returns what is wrong with it. */
  add(line: string): string | undefined {
    const [target = "", ...features] = line.split(/\s+/);
    const value = Number(target);
    if (!Number.isFinite(value)) return `the target "${target}" is no number`;
    for (const text of features) {
      const colon = text.indexOf(":");
      const feature = Number(text.slice(0, colon));
      const x = Number(text.slice(colon + 1));
      if (
        colon < 1 ||
        colon === text.length - 1 ||
        !Number.isInteger(feature) ||
        feature < 0 ||
        feature > MAX_FEATURE ||
        !Number.isFinite(Math.fround(x))
      )
        return `"${text}" is no feature:value`;
      this.#indices.push(feature);
      this.#values.push(x);
      this.#maxFeature = Math.max(this.#maxFeature, feature);
      this.#isAllOnes &&= x === 1;
    }
    this.#offsets.push(this.#indices.length);
    this.#targets.push(value > 0 ? 1 : 0);
    return undefined;
  }

  build(numFeatures: number = this.#maxFeature + 1): FmSamples {
    const rows = {
      numFeatures,
      offsets: Int32Array.from(this.#offsets),
      indices: Int32Array.from(this.#indices),
      values: this.#isAllOnes ? undefined : Float32Array.from(this.#values),
    };
    return new FmSamples({ rows, targets: Uint8Array.from(this.#targets) });
  }
}
