import { InvalidArgumentError } from "@furze/core";
import type { Point } from "./leaf.ts";
import type { Parameters } from "./parameters.ts";
import type { Space } from "./space.ts";
import type { Direction, StepReport, TrialState, TrialView } from "./trial-record.ts";

/** A trial in a saved study. */
export interface TrialJson {
  readonly state: TrialState;
  readonly point: Point;
  readonly value?: number | string;
  readonly steps: readonly (readonly [step: number, value: number | string])[];
  readonly error?: { readonly name: string; readonly message: string };
  readonly durationMs: number;
}

/** A saved study. Values that JSON has no number for are text: "Infinity", "-Infinity". */
export interface StudyJson {
  readonly version: 1;
  /** Definition of the space, to notice when a study is continued with another one. */
  readonly space: string;
  readonly direction: Direction;
  readonly seed: number;
  readonly queue: readonly Point[];
  readonly trials: readonly TrialJson[];
}

/** What is saved, in memory. */
export interface PlainStudy {
  readonly direction: Direction;
  readonly seed: number;
  readonly queue: readonly Point[];
  readonly trials: readonly TrialView[];
}

const STATES: readonly string[] = ["running", "complete", "pruned", "failed", "cancelled"] satisfies TrialState[];

export function writeStudy(study: PlainStudy & { readonly space: Space<Parameters> }): StudyJson {
  return {
    version: 1,
    space: JSON.stringify(study.space.parameters),
    direction: study.direction,
    seed: study.seed,
    queue: [...study.queue],
    trials: study.trials.map(({ state, point, value, steps, error, durationMs }) => ({
      ...{ state, point, durationMs },
      ...(value === undefined ? {} : { value: writeNumber(value) }),
      steps: steps.map((report) => [report.step, writeNumber(report.value)] as const),
      ...(error === undefined ? {} : { error: { name: error.name, message: error.message } }),
    })),
  };
}

/** @throws {InvalidArgumentError} if it is no saved study, or one of another space */
export function parseStudy(json: unknown, space: Space<Parameters>): PlainStudy {
  const fields = objectAt("study", json);
  const { direction, seed } = fields;
  if (fields.version !== 1) throw invalid("study.version", "is not one that this version reads");
  if (fields.space !== JSON.stringify(space.parameters)) throw invalid("study.space", "is not the space given");
  if (direction !== "maximize" && direction !== "minimize") throw invalid("study.direction", "is unknown");
  if (!Number.isSafeInteger(seed)) throw invalid("study.seed", "is not an integer");
  return {
    direction,
    seed: Number(seed),
    queue: listAt("study.queue", fields.queue).map((point, i) => pointAt(`study.queue.${i}`, point, space)),
    trials: listAt("study.trials", fields.trials).map((trial, number) => parseTrial(trial, number, space)),
  };
}

function parseTrial(json: unknown, number: number, space: Space<Parameters>): TrialView {
  const path = `study.trials.${number}`;
  const fields = objectAt(path, json);
  const { state, value, error, durationMs } = fields;
  if (!isState(state)) throw invalid(`${path}.state`, "is unknown");
  if ((state === "complete") !== (value !== undefined)) throw invalid(`${path}.value`, "does not go with the state");
  return {
    number,
    state: state === "running" ? "cancelled" : state,
    value: value === undefined ? undefined : readNumber(`${path}.value`, value),
    steps: listAt(`${path}.steps`, fields.steps).map((step, i) => parseStep(`${path}.steps.${i}`, step)),
    error: error === undefined ? undefined : parseError(`${path}.error`, error),
    durationMs: readNumber(`${path}.durationMs`, durationMs),
    point: pointAt(`${path}.point`, fields.point, space),
  };
}

function parseStep(path: string, json: unknown): StepReport {
  const [step, value] = listAt(path, json);
  return { step: readNumber(path, step), value: readNumber(path, value) };
}

function parseError(path: string, json: unknown): Error {
  const { name, message } = objectAt(path, json);
  const error = new Error(String(message));
  error.name = String(name);
  return error;
}

function pointAt(path: string, json: unknown, space: Space<Parameters>): Point {
  const point = Object.fromEntries(
    Object.entries(objectAt(path, json)).map(([leaf, value]) => [leaf, readNumber(`${path}.${leaf}`, value)]),
  );
  space.decode(point);
  return point;
}

function isState(value: unknown): value is TrialState {
  return typeof value === "string" && STATES.includes(value);
}

function writeNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function readNumber(path: string, value: unknown): number {
  const number = value === "Infinity" || value === "-Infinity" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) throw invalid(path, "is not a number");
  return number;
}

function objectAt(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(path, "is not an object");
  return { ...value };
}

function listAt(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(path, "is not a list");
  return value;
}

function invalid(path: string, complaint: string): InvalidArgumentError {
  return new InvalidArgumentError(path, `${path} ${complaint}`);
}
