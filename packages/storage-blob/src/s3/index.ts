export { openS3BlobStore, type S3BlobStoreOptions } from "./open-s3-blob-store.ts";
