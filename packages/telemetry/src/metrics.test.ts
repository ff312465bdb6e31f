import { InvalidArgumentError } from "@furze/core";
import { expect, it } from "vitest";
import { Metrics } from "./metrics.ts";

it("prints counters, gauges and histograms with the prefix", async () => {
  const metrics = new Metrics();
  metrics.counter({ name: "requests_total", help: "Requests.", labelNames: ["route"] }).inc({ route: "/a" }, 2);
  metrics.gauge({ name: "members", help: "Members." }).set(3);
  metrics.histogram({ name: "duration_seconds", help: "Durations.", buckets: [0.1, 1] }).observe(0.5);
  const lines = (await metrics.metricsText()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "# TYPE furze_requests_total counter",
      'furze_requests_total{route="/a"} 2',
      "furze_members 3",
      'furze_duration_seconds_bucket{le="0.1"} 0',
      'furze_duration_seconds_bucket{le="1"} 1',
      "furze_duration_seconds_count 1",
    ]),
  );
  expect(metrics.contentType).toContain("text/plain");
});

it("keeps two registries apart", async () => {
  const first = new Metrics();
  const second = new Metrics();
  first.gauge({ name: "members", help: "Members." }).set(1);
  second.gauge({ name: "members", help: "Members." }).set(2);
  expect(await first.metricsText()).toContain("furze_members 1");
  expect(await second.metricsText()).toContain("furze_members 2");
});

it("adds the metrics of the process under their usual names", async () => {
  const metrics = new Metrics();
  metrics.registerProcessMetrics();
  const text = await metrics.metricsText();
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
});

it("refuses a malformed or taken name", () => {
  const metrics = new Metrics();
  metrics.gauge({ name: "members", help: "Members." });
  expect(() => metrics.counter({ name: "members", help: "Again." })).toThrow("metric furze_members exists already");
  expect(() => metrics.counter({ name: "Not-Snake", help: "x" })).toThrow(InvalidArgumentError);
});
