/** Where in the source a problem lies: a 0-based offset in UTF-16 code units, and the same as 1-based line and column. */
export interface ExpressionPosition {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/**
 * What went wrong: `syntax` and `type` come from parsing and compiling, `runtime` from the values of one evaluation,
 * `cost` from either when a limit is passed.
 */
export type ExpressionErrorKind = "syntax" | "type" | "cost" | "runtime";

/** The only error that this package throws for a bad expression or a failed evaluation. */
export class ExpressionError extends Error {
  readonly kind: ExpressionErrorKind;
  readonly position: ExpressionPosition;
  readonly source: string;
  /** The message without the position. */
  readonly detail: string;

  constructor(kind: ExpressionErrorKind, detail: string, source: string, offset: number) {
    const position = positionAt(source, offset);
    super(`${detail} (line ${position.line}, column ${position.column})`);
    this.name = "ExpressionError";
    this.kind = kind;
    this.detail = detail;
    this.source = source;
    this.position = position;
  }
}

function positionAt(source: string, offset: number): ExpressionPosition {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { offset, line: before.split("\n").length, column: offset - lineStart + 1 };
}
