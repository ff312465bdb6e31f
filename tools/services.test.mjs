import { expect, test } from "vitest";
import { services, servicesNamed } from "./services/registry.mjs";
import { servicesIn } from "./services/vitest-setup.mjs";

const names = (list) => list.map((service) => service.name);

test("no name means every service, unknown names are refused with the list", () => {
  expect(servicesNamed([])).toEqual(services);
  expect(names(servicesNamed(["redis", "postgres"]))).toEqual(["postgres", "redis"]);
  expect(() => servicesNamed(["redis", "oracle"])).toThrow(/no service oracle: take .*postgres.*redis/);
});

test("a test file asks for the services whose variables it names", () => {
  expect(names(servicesIn("process.env.FURZE_TEST_MYSQL_URL, process.env.FURZE_TEST_REDIS_URL ?? ''"))).toEqual([
    "mariadb",
    "redis",
  ]);
  expect(names(servicesIn("process.env.MY_FURZE_TEST_MYSQL_URL, MYSQL_URL"))).toEqual([]);
});

test("every service has a variable of its own", () => {
  expect(new Set(services.map((service) => service.variable)).size).toBe(services.length);
});
