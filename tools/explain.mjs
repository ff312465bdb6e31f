// Turns failures of package managers into one clear sentence, without addresses.

const TAIL_LINES = 15;
const NETWORK = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b|error sending request|dns error/i;
const NO_ACCESS = /\b(EACCES|EROFS|EPERM)\b|permission denied|read-only file system/i;

/** A failure that is told to the user as it is, without a stack trace. */
export class BootstrapError extends Error {
  name = "BootstrapError";
}

/** Hides addresses: which registry or proxy a machine uses is nobody else's business. */
export function redactHosts(text) {
  return text
    .replace(/\b(?:https?|git|ssh):\/\/[^\s'"/)]+/gi, "<registry>")
    .replace(/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH) [^\s,'"]+/g, "$1 <registry>")
    .replace(/\b(host|hostname|address)\b(["']?\s*[:=]\s*)["']?[^\s,'"]+["']?/gi, "$1$2<registry>");
}

/** The last lines of what a command printed, indented and without addresses. */
export function tailOf(output) {
  const lines = redactHosts(output)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !line.includes("A complete log of this run"));
  return lines
    .slice(-TAIL_LINES)
    .map((line) => `    ${line}`)
    .join("\n");
}

/**
 * Explains a failed `spawnSync` of a package manager.
 *
 * @param what subject of the sentence, like "pnpm install"
 */
export function explainFailure(what, result) {
  if (result.error?.code === "ENOENT") return `${what} failed: the program ${result.error.path} was not found.`;
  if (result.error?.code === "ETIMEDOUT") return `${what} did not finish in time and was stopped.`;
  const output = `${result.stdout ?? ""}\n${result.stderr ?? ""}`;
  const tail = `Its last output:\n${tailOf(output)}`;
  if (NETWORK.test(output)) {
    return `${what} failed because the package registry cannot be reached: check the network or npm's proxy settings. ${tail}`;
  }
  if (/\bENOSPC\b/.test(output)) return `${what} failed because the disk is full.`;
  if (NO_ACCESS.test(output)) return `${what} failed because a folder cannot be written. ${tail}`;
  return `${what} failed with ${result.signal ? `signal ${result.signal}` : `exit code ${result.status}`}. ${tail}`;
}
