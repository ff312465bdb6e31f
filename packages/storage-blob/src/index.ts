export { LocalBlobStore } from "./local-blob-store.ts";
export { openBlobStore } from "./open-blob-store.ts";
