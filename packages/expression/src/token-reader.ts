import { ExpressionError } from "./errors.ts";
import { type Token, tokenize } from "./tokenizer.ts";

/** Walks over the tokens of one source. */
export class TokenReader {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.source = source;
    this.#tokens = tokenize(source);
  }

  /** The token under the cursor; the last one, of kind `end`, stays there. */
  get token(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  advance(count = 1): void {
    this.#at += count;
  }

  is(operator: string): boolean {
    return this.token.kind === "operator" && this.token.text === operator;
  }

  accept(operator: string): boolean {
    if (!this.is(operator)) return false;
    this.#at++;
    return true;
  }

  expect(operator: string): void {
    if (!this.accept(operator)) throw this.unexpected(JSON.stringify(operator));
  }

  expectName(expected: string): Token {
    const { token } = this;
    if (token.kind !== "name") throw this.unexpected(expected);
    this.#at++;
    return token;
  }

  /** Error about the token under the cursor. */
  unexpected(expected?: string): ExpressionError {
    const { kind, text, offset } = this.token;
    if (text === "let" || text === "if") return this.error("syntax", `${text} is not supported`, offset);
    const found = kind === "end" ? "unexpected end of the expression" : `unexpected ${JSON.stringify(text)}`;
    return this.error("syntax", expected === undefined ? found : `${found}, expected ${expected}`, offset);
  }

  error(kind: "syntax" | "cost", detail: string, offset: number): ExpressionError {
    return new ExpressionError(kind, detail, this.source, offset);
  }
}
