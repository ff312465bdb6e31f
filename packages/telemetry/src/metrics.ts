import { InvalidArgumentError } from "@furze/core";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { collectFrom, metricsOfReplicas } from "./replica-metrics.ts";

export interface MetricOptions<Label extends string> {
  /** Without the prefix, in snake case with the unit at the end: `request_duration_seconds`. */
  readonly name: string;
  readonly help: string;
  /** Each combination of values is a time series of its own: never label by user or item. Default none. */
  readonly labelNames?: readonly Label[] | undefined;
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds in ascending order. Default 1 ms to 10 s in seconds. */
  readonly buckets?: readonly number[] | undefined;
}

const PREFIX = "furze_";
const DURATION_BUCKETS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Prometheus metrics of one process, in a registry of their own, so that two engines in one process do not mix.
 * Each factory throws `InvalidArgumentError` when the name is malformed or taken.
 */
export class Metrics {
  readonly #registry = new Registry();

  /** Of the text that `metricsText` returns. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
    return new Counter(this.#settings(options));
  }

  gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label> {
    return new Gauge(this.#settings(options));
  }

  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label> {
    return new Histogram({ ...this.#settings(options), buckets: [...(options.buckets ?? DURATION_BUCKETS)] });
  }

  /** Adds CPU, memory, event loop and garbage collection under their usual names `process_*` and `nodejs_*`. Call once. */
  registerProcessMetrics(): void {
    collectDefaultMetrics({ register: this.#registry });
    collectFrom(this.#registry);
  }

  /** All metrics in the Prometheus text format; in one of several replicas the sums over all of them. */
  metricsText(): Promise<string> {
    return metricsOfReplicas(this.#registry);
  }

  #settings<Label extends string>(
    options: MetricOptions<Label>,
  ): {
    name: string;
    help: string;
    labelNames: Label[];
    registers: Registry[];
  } {
    const name = PREFIX + options.name;
    if (!/^[a-z][a-z0-9_]*$/.test(options.name)) {
      throw new InvalidArgumentError("name", `metric name ${JSON.stringify(options.name)} must be snake case`);
    }
    if (this.#registry.getSingleMetric(name) !== undefined) {
      throw new InvalidArgumentError("name", `metric ${name} exists already`);
    }
    return { name, help: options.help, labelNames: [...(options.labelNames ?? [])], registers: [this.#registry] };
  }
}
