export type { BlobInfo, BlobStore } from "./blob-store.ts";
export { compareBytes } from "./byte-order.ts";
export type {
  CacheStore,
  ListEntry,
  ListKey,
  ListPut,
  ListRead,
  OverlayDelta,
  OverlayEntry,
  OverlayPut,
  RankedList,
  TimeSeriesPoint,
  TimeSeriesQuery,
} from "./cache-store.ts";
export {
  checkFeedback,
  checkIds,
  checkItemPatch,
  checkItems,
  checkText,
  checkUserPatch,
  checkUsers,
  checkValues,
} from "./check-rows.ts";
export type {
  DataStore,
  DataStoreCapabilities,
  DataVersion,
  FeedbackFilter,
  FeedbackListOptions,
  FeedbackScanOptions,
  FeedbackStore,
  FeedbackWriteMode,
  FeedbackWriteOptions,
  FeedbackWriteResult,
  ItemStore,
  LatestItemsOptions,
  UserStore,
} from "./data-store.ts";
export { SchemaTooNewError } from "./errors.ts";
export { FeedbackBatcher } from "./feedback-batcher.ts";
export { type FeedbackColumns, type PackableFeedback, type PackedTexts, packFeedback } from "./feedback-columns.ts";
export { feedbackKeyText, foldFeedback } from "./fold-feedback.ts";
export { ItemOverlay } from "./item-overlay.ts";
export { checkSearchColumns, type ItemSearch, type SearchColumn, type SearchItemsOptions } from "./item-search.ts";
export { type KeptList, KeptLists } from "./kept-lists.ts";
export { decodeList, encodeList, LIST_STAMP_BYTES } from "./list-codec.ts";
export { loadDriver } from "./load-driver.ts";
export { DEFAULT_SCAN_BATCH_SIZE, type Page, type PageOptions, type ScanOptions } from "./page.ts";
export { itemTerms, queryTerms } from "./search-terms.ts";
export { SharedReads } from "./shared-reads.ts";
export { type SortedFeedback, sortFeedback } from "./sort-feedback.ts";
export { checkPoints, checkPointsQuery, pointsOf } from "./time-series.ts";
