// Redis of the system's packages (7 on Debian 12), nothing kept on disk.
import { connect } from "node:net";
import { findProgram, installDebianPackages } from "./supervisor.mjs";

const PACKAGES = ["redis-server", "redis-tools"];

export const redis = {
  name: "redis",
  variable: "FURZE_TEST_REDIS_URL",
  url: (port) => `redis://127.0.0.1:${port}`,
  install: (context) => {
    if (findProgram("redis-server") === undefined) installDebianPackages(PACKAGES, context);
  },
  command: ({ home, port }) => ({
    file: findProgram("redis-server"),
    args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", home],
  }),
  isReady: answersPing,
};

/** Whether a server of Redis's protocol answers on the port. */
export function answersPing(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write("PING\r\n"));
    const settle = (isReady) => {
      socket.destroy();
      resolve(isReady);
    };
    socket.on("data", (data) => settle(data.toString().startsWith("+PONG"))).on("error", () => settle(false));
  });
}
