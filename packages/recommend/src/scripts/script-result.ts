import type { ScriptFailure } from "./script-error.ts";

/** Why a run gave nothing; the thread that started the run turns it into an error with the script's name. */
export class ScriptProblem extends Error {
  readonly failure: ScriptFailure;

  constructor(failure: ScriptFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * Item ids that a script's value stands for.
 *
 * @param type of the value, as `typeof` gives it
 * @param text the text of a string; of an object its JSON
 * @throws {ScriptProblem} unless it is an array of strings, or a string that holds one as JSON
 */
export function recommendedIds(type: string, text: () => string): readonly string[] {
  if (type !== "string" && type !== "object") throw wrong("script must return string or object");
  const value = parse(text());
  if (value === null) throw wrong("script must return string or object");
  if (!Array.isArray(value)) throw wrong(`script must return an array of strings, not ${kindOf(value)}`);
  return value.map((element: unknown, position) => {
    if (typeof element === "string") return element;
    throw wrong(`script must return an array of strings, but element ${position} is ${kindOf(element)}`);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(`script returned a string that is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function wrong(message: string): ScriptProblem {
  return new ScriptProblem("result", message);
}
