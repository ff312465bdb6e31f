import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkPorts } from "./ports.ts";

const server = createServer();
let busyPort = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  busyPort = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

describe("checkPorts", () => {
  it("names a busy port, what it is for, and the option", async () => {
    const uses = [{ option: "--port", purpose: "the REST API", port: busyPort }];
    await expect(checkPorts(uses)).rejects.toMatchObject({
      exitCode: 1,
      message: `Port ${busyPort}, wanted for the REST API, is in use by another process; choose another one with --port.`,
    });
  });

  it("refuses one port for two purposes", async () => {
    const uses = ["--port", "--worker-port"].map((option) => ({ option, purpose: "HTTP", port: 45_123 }));
    await expect(checkPorts(uses)).rejects.toMatchObject({
      exitCode: 2,
      message: "--port and --worker-port are both 45123; give each its own port.",
    });
  });

  it("leaves free ports free", async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const uses = [{ option: "--port", purpose: "the REST API", port }];
    await checkPorts(uses);
    await expect(checkPorts(uses)).resolves.toBeUndefined();
  });
});
