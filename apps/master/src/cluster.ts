import { createHash } from "node:crypto";
import { configForNodes, configToJson, type FurzeConfig } from "@furze/config";
import { type Clock, NotFoundError, type TaskProgress } from "@furze/core";
import { type ClusterHandlers, type ClusterMember, type ClusterNode, type ClusterState, MemberTable } from "@furze/protocol";
import type { BlobStore } from "@furze/storage";
import type { StoredModel, TrainingState } from "@furze/training";
import { ListsWatch } from "./lists-watch.ts";

export interface ClusterOptions {
  /** The configuration at first. */
  readonly config: FurzeConfig;
  /** What training has made so far. */
  readonly training: { readonly state: TrainingState };
  readonly blobStore: BlobStore;
  readonly clock: Clock;
}

/** What the master tells its nodes, and what they tell the master. */
export class Cluster implements ClusterHandlers {
  readonly #options: ClusterOptions;
  readonly #members: MemberTable;
  readonly #tasks = new Map<string, readonly TaskProgress[]>();
  /** Whether the lists that follow from a cycle are made. */
  readonly lists: ListsWatch = new ListsWatch({ workers: () => this.#workerIds() });
  #configJson = "";
  #configDigest = "";

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#members = new MemberTable({ clock: options.clock });
    this.configure(options.config);
  }

  /** What nodes are told from now on; those that run under another configuration start anew. */
  configure(config: FurzeConfig): void {
    this.#configJson = configToJson(configForNodes(config));
    this.#configDigest = createHash("sha256").update(this.#configJson).digest("hex");
  }

  async sync(node: ClusterNode): Promise<ClusterState> {
    this.#members.seen(node);
    const { models, datasetDigest, listsVersion } = this.#options.training.state;
    if (node.kind === "worker") this.lists.told(node.nodeId, listsVersion);
    return {
      configJson: this.#configJson,
      configDigest: this.#configDigest,
      members: this.members(),
      models,
      datasetDigest,
      listsVersion,
    };
  }

  async leave(nodeId: string): Promise<void> {
    this.#members.left(nodeId);
  }

  async reportProgress(nodeId: string, tasks: readonly TaskProgress[]): Promise<void> {
    this.#tasks.set(nodeId, tasks);
    this.lists.reported(nodeId, tasks);
  }

  async openModel(modelId: string): Promise<AsyncIterable<Uint8Array>> {
    const model = this.#options.training.state.models.find((stored: StoredModel) => stored.modelId === modelId);
    if (model === undefined) throw new NotFoundError("model", modelId);
    return this.#options.blobStore.get(model.blobName);
  }

  members(): ClusterMember[] {
    const { config, clock } = this.#options;
    return this.#members.live(clock.now(), config.master.metaTimeoutMs);
  }

  /** Tasks of the live nodes. */
  remoteTasks(): TaskProgress[] {
    const live = new Set(this.members().map((member) => member.nodeId));
    for (const nodeId of this.#tasks.keys()) if (!live.has(nodeId)) this.#tasks.delete(nodeId);
    return [...this.#tasks.values()].flat();
  }
  #workerIds(): string[] {
    return this.members().flatMap(({ kind, nodeId }) => (kind === "worker" ? [nodeId] : []));
  }
}
