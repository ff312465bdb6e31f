import { duration, integer, type LeafOptions, leaf, ValueError } from "./leaves.ts";
import { type LeafField, type Section, section } from "./section.ts";
import { choice, textOf } from "./text-leaves.ts";
import type { MysqlConfig, PoolConfig } from "./types.ts";

const pool = {
  maxOpenConns: integer("max_open_conns", {
    description: "Most connections of one process to one store; 0 for 10.",
    default: 0,
    minimum: 0,
  }),
  maxIdleConns: integer("max_idle_conns", {
    description: "Most of them that wait for work; 0 for all.",
    default: 0,
    minimum: 0,
  }),
};

export const mysql: Section<MysqlConfig> = section<MysqlConfig>({
  isolationLevel: choice("isolation_level", {
    description: "Isolation of transactions. More than READ-COMMITTED costs locks and gains nothing here.",
    default: "READ-COMMITTED",
    choices: ["READ-COMMITTED", "REPEATABLE-READ", "SERIALIZABLE"],
  }),
  ...pool,
  connMaxLifetimeMs: duration("conn_max_lifetime", {
    description: "Age at which a connection is replaced; 0 for never.",
    default: "0s",
    minimum: 0,
  }),
});

export const postgres: Section<PoolConfig> = section<PoolConfig>({
  ...pool,
  connMaxLifetimeMs: duration("conn_max_lifetime", {
    description: "Age at which a connection is replaced; 0 for never.",
    default: "1m",
    minimum: 0,
  }),
});

/** Name that Redis takes: visible ASCII. */
export function clientName(key: string, options: LeafOptions): LeafField<string> {
  const parse = (value: unknown): string => {
    const name = textOf(key, value);
    if (!/^[!-~]*$/.test(name)) throw new ValueError(`${key} must be ASCII without spaces`);
    return name;
  };
  return leaf(key, "string", { range: "ASCII without spaces", ...options }, parse, (value) => value);
}
