import { ManualClock } from "@furze/core";
import { expect, it } from "vitest";
import { RestartPolicy } from "./restart-policy.ts";

it("waits twice as long each time, gives up after the fifth restart in a minute, and forgets older ones", () => {
  const clock = new ManualClock(0);
  const policy = new RestartPolicy({ clock });
  expect([1, 2, 3, 4, 5].map(() => policy.next())).toEqual([500, 1000, 2000, 4000, 8000]);
  expect(policy.next()).toBeUndefined();
  clock.advance(59_999);
  expect(policy.next()).toBeUndefined();
  clock.advance(1);
  expect(policy.next()).toBe(500);
});
