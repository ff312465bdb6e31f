/** Nodes of a parsed expression. `offset` is where the node's own token starts in the source, for messages. */
export type ExpressionNode =
  | { readonly kind: "literal"; readonly offset: number; readonly value: null | boolean | number | string }
  | { readonly kind: "identifier"; readonly offset: number; readonly name: string }
  | { readonly kind: "pointer"; readonly offset: number; readonly name: "element" | "index" | "accumulator" }
  | MemberNode
  | IndexNode
  | SliceNode
  | CallNode
  | MethodNode
  | { readonly kind: "predicate"; readonly offset: number; readonly body: ExpressionNode }
  | UnaryNode
  | BinaryNode
  | ConditionalNode
  | { readonly kind: "array"; readonly offset: number; readonly elements: readonly ExpressionNode[] }
  | { readonly kind: "map"; readonly offset: number; readonly entries: readonly MapEntry[] };

export interface MemberNode {
  readonly kind: "member";
  readonly offset: number;
  readonly object: ExpressionNode;
  readonly name: string;
  /** Written `?.`: nil instead of an error when the object is nil. */
  readonly optional: boolean;
}

export interface IndexNode {
  readonly kind: "index";
  readonly offset: number;
  readonly object: ExpressionNode;
  readonly index: ExpressionNode;
  readonly optional: boolean;
}

export interface SliceNode {
  readonly kind: "slice";
  readonly offset: number;
  readonly object: ExpressionNode;
  readonly from: ExpressionNode | undefined;
  readonly to: ExpressionNode | undefined;
}

export interface CallNode {
  readonly kind: "call";
  readonly offset: number;
  readonly name: string;
  readonly args: readonly ExpressionNode[];
}

export interface MethodNode {
  readonly kind: "method";
  readonly offset: number;
  readonly object: ExpressionNode;
  readonly name: string;
  readonly args: readonly ExpressionNode[];
  readonly optional: boolean;
}

export type UnaryOperator = "not" | "-" | "+";

export interface UnaryNode {
  readonly kind: "unary";
  readonly offset: number;
  readonly operator: UnaryOperator;
  readonly operand: ExpressionNode;
}

export type BinaryOperator =
  | "or"
  | "and"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "matches"
  | "contains"
  | "startsWith"
  | "endsWith"
  | ".."
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "**"
  | "??";

export interface BinaryNode {
  readonly kind: "binary";
  readonly offset: number;
  readonly operator: BinaryOperator;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}

export interface ConditionalNode {
  readonly kind: "conditional";
  readonly offset: number;
  readonly test: ExpressionNode;
  /** Undefined for `test ?: otherwise`. */
  readonly then: ExpressionNode | undefined;
  readonly otherwise: ExpressionNode;
}

export interface MapEntry {
  readonly key: ExpressionNode;
  readonly value: ExpressionNode;
}

/** A parsed expression: syntax is right, names and types are not checked yet. */
export interface Expression {
  readonly source: string;
  readonly root: ExpressionNode;
}

/** Longest source in UTF-16 code units, most nodes, deepest nesting: bounds on the work of parsing and compiling. */
export const MAX_SOURCE_LENGTH = 16_384;
export const MAX_NODES = 2000;
export const MAX_NESTING = 100;

/** Functions whose second argument (the first after a pipe) is a predicate over the elements of the list. */
export const PREDICATE_FUNCTIONS: ReadonlySet<string> = new Set([
  "all",
  "any",
  "count",
  "filter",
  "find",
  "groupBy",
  "map",
  "none",
  "one",
  "reduce",
  "sortBy",
  "sum",
]);

export interface OperatorInfo {
  readonly operator: BinaryOperator;
  readonly precedence: number;
  readonly rightAssociative: boolean;
}

const left = (operator: BinaryOperator, precedence: number): OperatorInfo => ({
  operator,
  precedence,
  rightAssociative: false,
});

/** Binary operators as they are written, with expr-lang's precedence (higher binds tighter). */
export const BINARY_OPERATORS: ReadonlyMap<string, OperatorInfo> = new Map([
  ["or", left("or", 10)],
  ["||", left("or", 10)],
  ["and", left("and", 15)],
  ["&&", left("and", 15)],
  ["==", left("==", 20)],
  ["!=", left("!=", 20)],
  ["<", left("<", 20)],
  ["<=", left("<=", 20)],
  [">", left(">", 20)],
  [">=", left(">=", 20)],
  ["in", left("in", 20)],
  ["matches", left("matches", 20)],
  ["contains", left("contains", 20)],
  ["startsWith", left("startsWith", 20)],
  ["endsWith", left("endsWith", 20)],
  ["..", left("..", 25)],
  ["+", left("+", 30)],
  ["-", left("-", 30)],
  ["*", left("*", 60)],
  ["/", left("/", 60)],
  ["%", left("%", 60)],
  ["^", { operator: "**", precedence: 100, rightAssociative: true }],
  ["**", { operator: "**", precedence: 100, rightAssociative: true }],
  ["??", left("??", 500)],
]);

/** Operators that `not` may stand before, as in `a not in b`. */
export const NEGATABLE: ReadonlySet<string> = new Set(["in", "matches", "contains", "startsWith", "endsWith"]);

export const UNARY_PRECEDENCE: ReadonlyMap<string, { readonly operator: UnaryOperator; readonly precedence: number }> = new Map(
  [
    ["not", { operator: "not", precedence: 50 }],
    ["!", { operator: "not", precedence: 50 }],
    ["-", { operator: "-", precedence: 90 }],
    ["+", { operator: "+", precedence: 90 }],
  ],
);
