import type { CallOptions, ProgressListener, TaskProgress } from "@furze/core";

export type NodeKind = "server" | "worker" | "master";

/** One process of a cluster. */
export interface ClusterNode {
  /** A UUID that the process draws at its start. */
  readonly nodeId: string;
  readonly kind: NodeKind;
  readonly hostname: string;
  readonly httpPort: number;
  readonly version: string;
}

export interface ClusterMember extends ClusterNode {
  /** UTC milliseconds of the last sync, by the master's clock. */
  readonly lastSeenMs: number;
}

/** Names one trained model and how to know it when it has arrived. */
export interface ModelRef {
  /** What the model does, such as `collaborative-filtering`. */
  readonly kind: string;
  readonly modelId: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** `undefined` when the model was not evaluated. */
  readonly score: number | undefined;
  /** UTC milliseconds. */
  readonly fittedMs: number;
}

/** What the master tells a node at each sync. */
export interface ClusterState {
  /** The effective config as JSON text; its schema is the caller's affair. */
  readonly configJson: string;
  readonly configDigest: string;
  /** All live nodes, the caller included. */
  readonly members: readonly ClusterMember[];
  /** The current model of each kind. */
  readonly models: readonly ModelRef[];
  readonly datasetDigest: string;
  /** Grows when new neighbor lists or leaderboards have been stored; an integer from 0 to 2^53 - 1. */
  readonly listsVersion: number;
}

/**
 * What a master answers. A `FurzeError` thrown here reaches the caller with its code and message;
 * any other error reaches him as INTERNAL and is logged on the server. `signal` aborts when the caller is gone.
 */
export interface ClusterHandlers {
  sync(node: ClusterNode, options: CallOptions): Promise<ClusterState>;
  /** The node has stopped: it is no member any more. */
  leave(nodeId: string, options: CallOptions): Promise<void>;
  /** `tasks` replace those that the node reported before. */
  reportProgress(nodeId: string, tasks: readonly TaskProgress[], options: CallOptions): Promise<void>;
  /**
   * The bytes of a model file, in pieces of any size.
   *
   * @throws {NotFoundError} when there is no such model
   */
  openModel(modelId: string, options: CallOptions): Promise<AsyncIterable<Uint8Array>>;
}

export interface DownloadOptions extends CallOptions {
  /** Called after each chunk, in bytes. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Certificates for mutual TLS as PEM text: both sides show a certificate that `ca` has signed. */
export interface MutualTls {
  readonly ca: string | Uint8Array;
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
}
