export { openRedisCacheStore, type RedisCacheStoreOptions } from "./open-redis-cache-store.ts";
export type {
  RedisArgument,
  RedisClusterConnection,
  RedisClusterOptions,
  RedisConnection,
  RedisDriver,
  RedisNodeOptions,
  RedisStandaloneOptions,
  RedisTlsOptions,
} from "./redis-driver.ts";
export { parseRedisUri, REDIS_SCHEMES, type RedisAddress, type RedisUri } from "./redis-uri.ts";
