import { compileExpression, type Environment, ExpressionError, type ResultType } from "@furze/expression";
import { type LeafOptions, leaf, ValueError } from "./leaves.ts";
import type { LeafField } from "./section.ts";
import { textOf } from "./text-leaves.ts";

export interface ExpressionOptions extends LeafOptions {
  readonly environment: Environment<never>;
  readonly resultType: ResultType;
}

/** Expression that must compile; an empty one stands for none, unless the key is required. */
export function expression(key: string, options: ExpressionOptions & { readonly isRequired?: boolean }): LeafField<string> {
  const parse = (value: unknown): string => {
    const source = value === undefined ? "" : textOf(key, value);
    if (source === "" && options.isRequired === true) throw new ValueError(`${key} is a required field`);
    if (source !== "") checkExpression(source, options);
    return source;
  };
  return leaf(key, "expression", options, parse, (value) => value);
}

function checkExpression(source: string, options: ExpressionOptions): void {
  try {
    compileExpression(source, { environment: options.environment, resultType: options.resultType });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { line, column } = error.position;
    const place = line === 1 ? `column ${column}` : `its line ${line}, column ${column}`;
    throw new ValueError(`invalid item expression at ${place}: ${error.detail}`, { cause: error });
  }
}
