import { InvalidArgumentError } from "@furze/core";

const NAME = /^[A-Za-z0-9._-]{1,200}$/;

export function isBlobName(name: string): boolean {
  return NAME.test(name) && !name.startsWith(".");
}

/** @throws {InvalidArgumentError} for a name outside the rule of the port */
export function checkBlobName(name: string): void {
  if (isBlobName(name)) return;
  const rule = "may have up to 200 letters, digits, dots, underscores and dashes, and must not begin with a dot";
  throw new InvalidArgumentError("name", `A blob name ${rule}, got ${JSON.stringify(name)}`);
}
