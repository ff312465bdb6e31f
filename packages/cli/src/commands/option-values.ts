import { InvalidArgumentError } from "commander";

const MAX_PORT = 65_535;

/** Readers of option values. Each throws commander's `InvalidArgumentError`, which becomes one sentence with the option's name. */

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`A port is a number from 1 to ${MAX_PORT}.`);
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError("It must be a whole number of 1 or more.");
}

export function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return text;
  throw new InvalidArgumentError("It must begin with http:// or https://, such as http://127.0.0.1:8087.");
}
