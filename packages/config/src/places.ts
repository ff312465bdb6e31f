import type { ConfigProblem } from "./config-error.ts";
import type { TextPosition } from "./locate.ts";

export interface Places {
  readonly positions: ReadonlyMap<string, TextPosition>;
  /** Environment variable by the key that it gives a value. */
  readonly variables: ReadonlyMap<string, string>;
  /** Key of the file by the key that has its value now. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Adds where each problem is: the variable that holds the value, or the nearest enclosing thing in the file. */
export function withPlaces(problems: readonly ConfigProblem[], places: Places): readonly ConfigProblem[] {
  const placed = problems.map((problem) => placeOf(problem, places));
  // In the order of the file, so that the list can be worked off from the top; those of variables come first.
  return placed.sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
}

function placeOf(problem: ConfigProblem, { positions, variables, origins }: Places): ConfigProblem {
  for (let { path } = problem; path !== ""; path = parentOf(path)) {
    const variable = variables.get(path);
    if (variable !== undefined) return { ...problem, variable };
    const origin = origins.get(path);
    if (origin !== undefined) return placeOf({ ...problem, path: origin }, { positions, variables, origins: new Map() });
    const position = positions.get(path);
    if (position !== undefined) return { ...problem, ...position };
  }
  return problem;
}

function parentOf(path: string): string {
  return path.replace(/(?:\[\d+\]|(?:^|\.)[^.[\]]*)$/, "");
}
