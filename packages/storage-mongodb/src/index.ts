export { MONGO_SCHEMES } from "./mongo-uri.ts";
export {
  type MongoCacheStoreOptions,
  type MongoStoreOptions,
  openMongoCacheStore,
  openMongoDataStore,
} from "./open-mongo-store.ts";
