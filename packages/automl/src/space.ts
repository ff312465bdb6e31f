import { InvalidArgumentError } from "@furze/core";
import { type Leaf, leavesOf, type Point } from "./leaf.ts";
import type { Parameter, Parameters, ValuesOf } from "./parameters.ts";

/** A search space: typed definitions outside, a list of dimensions inside. Make one with `space`. */
export class Space<S extends Parameters> {
  readonly parameters: S;
  /** @internal What samplers work on; conditions stand before what depends on them. */
  readonly leaves: readonly Leaf[];

  /** @internal */
  constructor(parameters: S) {
    this.parameters = parameters;
    this.leaves = leavesOf(parameters, "", undefined);
    const paths = new Set(this.leaves.map((leaf) => leaf.path));
    if (paths.size < this.leaves.length) {
      throw new InvalidArgumentError("parameters", "two parameters have the same path; leave dots out of their names");
    }
  }

  /** @internal Whether the choices made in a point let a leaf count. */
  isActive({ condition }: Leaf, point: Point): boolean {
    return condition === undefined || point[condition.path] === condition.option;
  }

  /** @internal Which variants a point has chosen: only points of equal structure have the same dimensions. */
  structureOf(point: Point): string {
    return this.leaves
      .flatMap(({ isVariant, path }) => (isVariant && path in point ? [`${path}=${point[path]}`] : []))
      .join(",");
  }

  /** @internal Parameters at a point. @throws {InvalidArgumentError} naming the leaf that is missing or out of range */
  decode(point: Point): ValuesOf<S> {
    for (const leaf of this.leaves) {
      if (!this.isActive(leaf, point)) continue;
      if (!leaf.accepts(point[leaf.path] ?? Number.NaN)) throw outOfSpace(leaf.path, point[leaf.path]);
    }
    return decodeAll(this.parameters, "", point) as ValuesOf<S>;
  }

  /** @internal The point of parameters. @throws {InvalidArgumentError} naming the parameter that is missing or outside the space */
  encode(values: ValuesOf<S>): Point {
    const point: Record<string, number> = {};
    encodeAll(this.parameters, "", values, point);
    for (const leaf of this.leaves) {
      const value = point[leaf.path];
      if (value !== undefined && !leaf.accepts(value)) throw outOfSpace(leaf.path, value);
    }
    return point;
  }
}

/**
 * A search space from definitions by name; the values found have the types that the definitions imply.
 *
 * @throws {InvalidArgumentError} if names with dots make two paths equal
 */
export function space<const S extends Parameters>(parameters: S): Space<S> {
  return new Space(parameters);
}

function outOfSpace(path: string, value: unknown): InvalidArgumentError {
  return new InvalidArgumentError(path, `${path} is ${JSON.stringify(value)}, which is not in the space`);
}

function decodeAll(parameters: Parameters, prefix: string, point: Point): unknown {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, decodeOne(parameter, prefix + name, point)]),
  );
}

function decodeOne(parameter: Parameter, path: string, point: Point): unknown {
  const value = point[path] ?? Number.NaN;
  if (parameter.type === "choice") return parameter.options[value];
  if (parameter.type !== "variant") return value;
  const [kind, own] = Object.entries(parameter.variants)[value] ?? ["", {}];
  return Object.assign({ kind }, decodeAll(own, `${path}.${kind}.`, point));
}

function encodeAll(parameters: Parameters, prefix: string, values: unknown, point: Record<string, number>): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    const path = prefix + name;
    const value = fieldOf(values, name);
    if (parameter.type === "variant") {
      const kinds = Object.keys(parameter.variants);
      const option = kinds.indexOf(String(fieldOf(value, "kind")));
      const kind = kinds[option];
      const own = kind === undefined ? undefined : parameter.variants[kind];
      if (own === undefined) throw outOfSpace(`${path}.kind`, fieldOf(value, "kind"));
      point[path] = option;
      encodeAll(own, `${path}.${kind}.`, value, point);
    } else {
      const number = parameter.type === "choice" ? positionOf(parameter.options, value) : value;
      if (typeof number !== "number") throw outOfSpace(path, value);
      point[path] = number;
    }
  }
}

function fieldOf(values: unknown, name: string): unknown {
  return typeof values === "object" && values !== null ? Reflect.get(values, name) : undefined;
}

function positionOf(options: readonly unknown[], value: unknown): number | undefined {
  const position = options.indexOf(value);
  return position < 0 ? undefined : position;
}
