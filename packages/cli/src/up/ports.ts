import { createServer } from "node:net";
import { CliError } from "../cli-error.ts";

/** A port that will be listened on, and the option by which the user can move it. */
export interface PortUse {
  readonly option: string;
  readonly purpose: string;
  readonly port: number;
}

/**
 * Checks before anything is started that each port can be had on the loopback interface.
 *
 * @throws {CliError} one sentence that names the port and the option to change it
 */
export async function checkPorts(uses: readonly PortUse[]): Promise<void> {
  for (const [index, use] of uses.entries()) {
    const twin = uses.slice(0, index).find((other) => other.port === use.port);
    if (twin !== undefined) {
      throw new CliError(`${twin.option} and ${use.option} are both ${use.port}; give each its own port.`, { exitCode: 2 });
    }
  }
  for (const use of uses) {
    const code = await tryPort(use.port);
    if (code === undefined) continue;
    const why =
      code === "EADDRINUSE"
        ? "is in use by another process"
        : code === "EACCES"
          ? "may not be used without more rights"
          : `cannot be used (${code})`;
    throw new CliError(`Port ${use.port}, wanted for ${use.purpose}, ${why}; choose another one with ${use.option}.`);
  }
}

/** @returns the error's code; `undefined` when the port is free */
function tryPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
