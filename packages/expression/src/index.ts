export { type CompiledExpression, type CompileOptions, compileExpression, type ResultOf, type ResultType } from "./compile.ts";
export {
  type ExpressionFeedback,
  type ExpressionItem,
  type ExpressionUser,
  feedbackType,
  type ItemInputs,
  itemEnvironment,
  itemType,
  type LeaderboardInputs,
  leaderboardEnvironment,
  type UserInputs,
  userEnvironment,
  userType,
} from "./environments.ts";
export { ExpressionError, type ExpressionErrorKind, type ExpressionPosition } from "./errors.ts";
export { parseExpression } from "./parser.ts";
export type {
  BinaryNode,
  BinaryOperator,
  CallNode,
  ConditionalNode,
  Expression,
  ExpressionNode,
  IndexNode,
  MapEntry,
  MemberNode,
  MethodNode,
  SliceNode,
  UnaryNode,
  UnaryOperator,
} from "./syntax.ts";
export {
  ANY,
  arrayOf,
  BOOLEAN,
  DURATION,
  type Environment,
  type ExpressionInputs,
  type ExpressionType,
  environment,
  type Field,
  field,
  NIL,
  NUMBER,
  optionalOf,
  type RecordType,
  record,
  STRING,
  TIME,
} from "./types.ts";
export { DurationValue, TimeValue } from "./values.ts";
