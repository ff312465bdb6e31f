import { z } from "zod";

export type KeyKind =
  | "integer"
  | "number"
  | "duration"
  | "days"
  | "boolean"
  | "string"
  | "script"
  | "uri"
  | "enum"
  | "list"
  | "expression";

/** One key of the file with its value's schema. */
export interface LeafField<T> {
  readonly shape: "leaf";
  /** Name in the file. */
  readonly key: string;
  readonly kind: KeyKind;
  readonly description: string;
  /** As it would be written in the file; undefined when the key must be given or may be absent. */
  readonly defaultText: string | undefined;
  /** Values that are accepted, in words; undefined when the kind says it all. */
  readonly range: string | undefined;
  readonly isSecret: boolean;
  /** What JSON Schema says of the value beside the type that follows from the kind. */
  readonly keywords: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodType<T>;
  /** Turns the value back into what a file would hold. */
  readonly print: (value: T) => unknown;
  /** The value as it may be shown. */
  readonly mask: (value: T) => T;
}

/** A table inside another, or an array of tables. */
export interface TableField<T> {
  readonly shape: "table" | "tables";
  readonly key: string;
  readonly schema: z.ZodType<T>;
  readonly print: (value: T) => unknown;
  readonly mask: (value: T) => T;
  readonly fields: readonly AnyField[];
}

export type Field<T> = LeafField<T> | TableField<T>;
export type AnyField = LeafField<never> | TableField<never>;

/** A table of the configuration: its zod schema renames the file's keys to those of the TypeScript interface. */
export interface Section<T> {
  readonly schema: z.ZodType<T>;
  readonly print: (value: T) => Readonly<Record<string, unknown>>;
  readonly mask: (value: T) => T;
  readonly fields: readonly AnyField[];
}

type FieldsOf<T> = { readonly [K in keyof T]: Field<T[K]> };

/** Builds a section from one field per property of the interface. Keys that no field has are refused. */
export function section<T extends object>(fields: FieldsOf<T>): Section<T> {
  const entries = Object.entries(fields) as readonly (readonly [string, AnyField])[];
  const shape = Object.fromEntries(entries.map(([, field]) => [field.key, field.schema]));
  const schema = z
    .strictObject(shape)
    .transform((raw) => Object.fromEntries(entries.map(([name, field]) => [name, raw[field.key]])) as T);
  const print = (value: T): Readonly<Record<string, unknown>> => {
    const values = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(entries.map(([name, field]) => [field.key, field.print(values[name] as never)]));
  };
  const mask = (value: T): T => {
    const values = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(entries.map(([name, field]) => [name, field.mask(values[name] as never)])) as T;
  };
  return { schema, print, mask, fields: entries.map(([, field]) => field) };
}

/** A section as a table of another; absent, all its keys have their defaults. */
export function table<T>(key: string, inner: Section<T>): Field<T> {
  const { print, mask, fields } = inner;
  return { shape: "table", key, schema: z.prefault(inner.schema, {}), print, mask, fields };
}

/** A section as an array of tables, `[[key]]`; empty when absent. */
export function tables<T>(key: string, inner: Section<T>): Field<readonly T[]> {
  const schema = z.array(inner.schema).default([]);
  const print = (values: readonly T[]) => values.map(inner.print);
  const mask = (values: readonly T[]) => values.map(inner.mask);
  return { shape: "tables", key, schema, print, mask, fields: inner.fields };
}
