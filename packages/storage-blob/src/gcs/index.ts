export { type GcsBlobStoreOptions, openGcsBlobStore } from "./open-gcs-blob-store.ts";
