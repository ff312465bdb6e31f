import { expect, it } from "vitest";
import { LiveApp, type ServedApp } from "./live-app.ts";

const request = new Request("http://furze/");

/** An application that answers when it is told to. */
function slowApp(name: string, log: string[]): ServedApp & { answer: () => void } {
  const gate = Promise.withResolvers<void>();
  return {
    app: {
      fetch: async () => {
        await gate.promise;
        return new Response(name);
      },
    },
    close: async () => {
      log.push(`${name} closed`);
    },
    answer: () => gate.resolve(),
  };
}

it("answers by the newest application, and closes the one before when its last request has been answered", async () => {
  const log: string[] = [];
  const [first, second] = [slowApp("first", log), slowApp("second", log)];
  const live = new LiveApp(first);
  const early = live.fetch(request);
  live.replace(second);
  const late = live.fetch(request);
  second.answer();
  expect(await (await late).text()).toBe("second");
  expect(log).toEqual([]);
  first.answer();
  expect(await (await early).text()).toBe("first");
  expect(log).toEqual(["first closed"]);
  await live.close();
  expect(log).toEqual(["first closed", "second closed"]);
});

it("closes an application whose request failed", async () => {
  const log: string[] = [];
  const close = async () => {
    log.push("closed");
  };
  const live = new LiveApp({ app: { fetch: () => Promise.reject(new Error("no")) }, close });
  await expect(live.fetch(request)).rejects.toThrow("no");
  live.replace(slowApp("next", log));
  expect(log).toEqual(["closed"]);
});
