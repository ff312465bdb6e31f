// Every service that can be started, by name.
import { azurite } from "./azurite.mjs";
import { clickhouse } from "./clickhouse.mjs";
import { clickhouse18 } from "./clickhouse-18.mjs";
import { gcs } from "./gcs.mjs";
import { mariadb } from "./mariadb.mjs";
import { mongo } from "./mongo.mjs";
import { postgres } from "./postgres.mjs";
import { redis } from "./redis.mjs";
import { s3 } from "./s3.mjs";
import { valkey } from "./valkey.mjs";

export const services = [postgres, mariadb, redis, valkey, mongo, clickhouse, clickhouse18, s3, azurite, gcs];

/** Services of these names; all of them when there is no name. @throws {Error} for an unknown name */
export function servicesNamed(names) {
  const unknown = names.filter((name) => !services.some((service) => service.name === name));
  if (unknown.length > 0) {
    throw new Error(`There is no service ${unknown.join(", ")}: take ${services.map((service) => service.name).join(", ")}.`);
  }
  return names.length === 0 ? services : services.filter((service) => names.includes(service.name));
}
