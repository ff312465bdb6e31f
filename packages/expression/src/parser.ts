import { ExpressionError } from "./errors.ts";
import {
  BINARY_OPERATORS,
  type Expression,
  type ExpressionNode,
  MAX_NESTING,
  MAX_NODES,
  MAX_SOURCE_LENGTH,
  type MapEntry,
  NEGATABLE,
  type OperatorInfo,
  PREDICATE_FUNCTIONS,
  UNARY_PRECEDENCE,
} from "./syntax.ts";
import { TokenReader } from "./token-reader.ts";
import type { Token } from "./tokenizer.ts";

/** Words with a meaning of their own, which no variable can have. */
const RESERVED: ReadonlySet<string> = new Set([...BINARY_OPERATORS.keys(), "not", "let", "if", "else"]);
const LITERALS: ReadonlyMap<string, null | boolean> = new Map([
  ["true", true],
  ["false", false],
  ["nil", null],
]);

/**
 * Parses an expression. Names and types are checked by `compileExpression`, not here.
 *
 * @throws {ExpressionError} of kind syntax, or cost when the source is longer or deeper than the limits
 * Cost: O(length of the source).
 */
export function parseExpression(source: string): Expression {
  if (source.length > MAX_SOURCE_LENGTH) {
    throw new ExpressionError("cost", `the expression is longer than ${MAX_SOURCE_LENGTH} characters`, source, 0);
  }
  return { source, root: new Parser(source).parse() };
}

/** Pratt parser over a token list; one instance parses one source. */
class Parser {
  readonly #reader: TokenReader;
  #nodes = 0;
  #nesting = 0;
  #predicates = 0;

  constructor(source: string) {
    this.#reader = new TokenReader(source);
  }

  parse(): ExpressionNode {
    const root = this.#expression(0);
    if (this.#reader.token.kind !== "end") throw this.#reader.unexpected();
    return root;
  }

  #make<N extends ExpressionNode>(node: N): N {
    if (++this.#nodes > MAX_NODES) {
      throw this.#reader.error("cost", `the expression has more than ${MAX_NODES} parts`, node.offset);
    }
    return node;
  }

  #expression(minimum: number): ExpressionNode {
    if (++this.#nesting > MAX_NESTING) {
      throw this.#reader.error("cost", `the expression is nested deeper than ${MAX_NESTING}`, this.#reader.token.offset);
    }
    let left = this.#unary();
    for (;;) {
      const next = this.#binaryAhead();
      if (next === undefined || next.info.precedence < minimum) break;
      const { offset } = this.#reader.token;
      this.#reader.advance(next.negated ? 2 : 1);
      const right = this.#expression(next.info.rightAssociative ? next.info.precedence : next.info.precedence + 1);
      left = this.#make({ kind: "binary", offset, operator: next.info.operator, left, right });
      if (next.negated) left = this.#make({ kind: "unary", offset, operator: "not", operand: left });
    }
    if (minimum === 0) left = this.#conditionalAndPipes(left);
    this.#nesting--;
    return left;
  }

  #binaryAhead(): { readonly info: OperatorInfo; readonly negated: boolean } | undefined {
    const token = this.#reader.token;
    if (token.kind !== "operator" && token.kind !== "name") return undefined;
    if (token.kind === "name" && token.text === "not") {
      const next = this.#reader.peek(1);
      const info = next.kind === "name" && NEGATABLE.has(next.text) ? BINARY_OPERATORS.get(next.text) : undefined;
      return info === undefined ? undefined : { info, negated: true };
    }
    const info = BINARY_OPERATORS.get(token.text);
    return info === undefined ? undefined : { info, negated: false };
  }

  #conditionalAndPipes(first: ExpressionNode): ExpressionNode {
    let left = first;
    for (;;) {
      const { offset } = this.#reader.token;
      if (this.#reader.accept("|")) {
        const name = this.#reader.expectName("the name of a function");
        left = this.#postfix(this.#call(name, [left]));
      } else if (this.#reader.accept("?")) {
        const then = this.#reader.is(":") ? undefined : this.#expression(0);
        this.#reader.expect(":");
        const otherwise = this.#expression(0);
        left = this.#make({ kind: "conditional", offset, test: left, then, otherwise });
      } else {
        return left;
      }
    }
  }

  #unary(): ExpressionNode {
    const token = this.#reader.token;
    const unary = token.kind === "operator" || token.kind === "name" ? UNARY_PRECEDENCE.get(token.text) : undefined;
    if (unary === undefined) return this.#postfix(this.#primary());
    this.#reader.advance();
    const operand = this.#expression(unary.precedence);
    return this.#make({ kind: "unary", offset: token.offset, operator: unary.operator, operand });
  }

  #primary(): ExpressionNode {
    const token = this.#reader.token;
    const { offset } = token;
    switch (token.kind) {
      case "number":
        this.#reader.advance();
        return this.#make({ kind: "literal", offset, value: token.value });
      case "string":
        this.#reader.advance();
        return this.#make({ kind: "literal", offset, value: token.text });
      case "name":
        return this.#nameOrCall(token);
      case "operator":
        return this.#bracketed();
      default:
        throw this.#reader.unexpected();
    }
  }

  #nameOrCall(token: Token): ExpressionNode {
    if (RESERVED.has(token.text)) throw this.#reader.unexpected();
    this.#reader.advance();
    if (this.#reader.is("(")) return this.#call(token, []);
    const literal = LITERALS.get(token.text);
    if (literal !== undefined) return this.#make({ kind: "literal", offset: token.offset, value: literal });
    return this.#make({ kind: "identifier", offset: token.offset, name: token.text });
  }

  #bracketed(): ExpressionNode {
    const { offset } = this.#reader.token;
    if (this.#reader.accept("(")) {
      const inner = this.#expression(0);
      this.#reader.expect(")");
      return inner;
    }
    if (this.#reader.accept("[")) {
      const elements = this.#list("]", () => this.#expression(0));
      return this.#make({ kind: "array", offset, elements });
    }
    if (this.#reader.accept("{")) {
      const entries = this.#list("}", () => this.#mapEntry());
      return this.#make({ kind: "map", offset, entries });
    }
    if (this.#reader.is("#")) return this.#pointer();
    if (this.#reader.is(".") && this.#predicates > 0) return this.#make({ kind: "pointer", offset, name: "element" });
    throw this.#reader.unexpected();
  }

  #pointer(): ExpressionNode {
    const { offset } = this.#reader.token;
    if (this.#predicates === 0) {
      throw this.#reader.error("syntax", "# stands for an element and needs a predicate around it", offset);
    }
    this.#reader.advance();
    const suffix = this.#reader.token;
    // `#index` and `#acc` are one word: a blank between would start another token anyway.
    if (suffix.kind === "name" && suffix.offset === offset + 1 && (suffix.text === "index" || suffix.text === "acc")) {
      this.#reader.advance();
      return this.#make({ kind: "pointer", offset, name: suffix.text === "acc" ? "accumulator" : "index" });
    }
    return this.#make({ kind: "pointer", offset, name: "element" });
  }

  #list<T>(close: string, element: () => T): T[] {
    const elements: T[] = [];
    while (!this.#reader.accept(close)) {
      if (elements.length > 0) this.#reader.expect(",");
      if (this.#reader.accept(close)) break;
      elements.push(element());
    }
    return elements;
  }

  #mapEntry(): MapEntry {
    const token = this.#reader.token;
    let key: ExpressionNode;
    if (this.#reader.accept("(")) {
      key = this.#expression(0);
      this.#reader.expect(")");
    } else if (token.kind === "name" || token.kind === "string" || token.kind === "number") {
      this.#reader.advance();
      key = this.#make({
        kind: "literal",
        offset: token.offset,
        value: token.kind === "number" ? String(token.value) : token.text,
      });
    } else {
      throw this.#reader.unexpected();
    }
    this.#reader.expect(":");
    return { key, value: this.#expression(0) };
  }

  #call(name: Token, piped: readonly ExpressionNode[]): ExpressionNode {
    this.#reader.expect("(");
    const args = [...piped];
    const takesPredicate = PREDICATE_FUNCTIONS.has(name.text);
    this.#list(")", () => args.push(takesPredicate && args.length === 1 ? this.#predicate() : this.#expression(0)));
    return this.#make({ kind: "call", offset: name.offset, name: name.text, args });
  }

  #predicate(): ExpressionNode {
    const { offset } = this.#reader.token;
    this.#predicates++;
    const braced = this.#reader.accept("{");
    const body = this.#expression(0);
    if (braced) this.#reader.expect("}");
    this.#predicates--;
    return this.#make({ kind: "predicate", offset, body });
  }

  #postfix(start: ExpressionNode): ExpressionNode {
    let node = start;
    for (;;) {
      if (this.#reader.accept(".")) node = this.#memberOrMethod(node, false);
      else if (this.#reader.accept("?.") || this.#reader.accept(".?")) {
        node = this.#reader.is("[") ? this.#subscript(node, true) : this.#memberOrMethod(node, true);
      } else if (this.#reader.is("[")) node = this.#subscript(node, false);
      else return node;
    }
  }

  #memberOrMethod(object: ExpressionNode, optional: boolean): ExpressionNode {
    const { text: name, offset } = this.#reader.expectName("a field name");
    if (!this.#reader.accept("(")) return this.#make({ kind: "member", offset, object, name, optional });
    const args = this.#list(")", () => this.#expression(0));
    return this.#make({ kind: "method", offset, object, name, args, optional });
  }

  #subscript(object: ExpressionNode, optional: boolean): ExpressionNode {
    const { offset } = this.#reader.token;
    this.#reader.expect("[");
    const from = this.#reader.is(":") ? undefined : this.#expression(0);
    if (from !== undefined && this.#reader.accept("]"))
      return this.#make({ kind: "index", offset, object, index: from, optional });
    this.#reader.expect(":");
    const to = this.#reader.is("]") ? undefined : this.#expression(0);
    this.#reader.expect("]");
    return this.#make({ kind: "slice", offset, object, from, to });
  }
}
