export { type AzureBlobStoreOptions, openAzureBlobStore } from "./open-azure-blob-store.ts";
