import { InvalidArgumentError, type TaskProgress, type TaskStatus } from "@furze/core";
import * as wire from "./generated/furze/v1/cluster.ts";
import type { ClusterMember, ClusterNode, ClusterState, ModelRef, NodeKind } from "./types.ts";

const KINDS: readonly [NodeKind, wire.NodeKind][] = [
  ["server", wire.NodeKind.NODE_KIND_SERVER],
  ["worker", wire.NodeKind.NODE_KIND_WORKER],
  ["master", wire.NodeKind.NODE_KIND_MASTER],
];
const KIND_TO_WIRE: ReadonlyMap<NodeKind, wire.NodeKind> = new Map(KINDS);
const KIND_FROM_WIRE: ReadonlyMap<wire.NodeKind, NodeKind> = new Map(KINDS.map(([kind, number]) => [number, kind]));

const STATUSES: readonly [TaskStatus, wire.TaskStatus][] = [
  ["Pending", wire.TaskStatus.TASK_STATUS_PENDING],
  ["Running", wire.TaskStatus.TASK_STATUS_RUNNING],
  ["Complete", wire.TaskStatus.TASK_STATUS_COMPLETE],
  ["Suspended", wire.TaskStatus.TASK_STATUS_SUSPENDED],
  ["Failed", wire.TaskStatus.TASK_STATUS_FAILED],
];
const STATUS_TO_WIRE: ReadonlyMap<TaskStatus, wire.TaskStatus> = new Map(STATUSES);
const STATUS_FROM_WIRE: ReadonlyMap<wire.TaskStatus, TaskStatus> = new Map(
  STATUSES.map(([status, number]) => [number, status]),
);

export function nodeToWire(node: ClusterNode): wire.Node {
  return {
    id: node.nodeId,
    kind: KIND_TO_WIRE.get(node.kind) ?? wire.NodeKind.NODE_KIND_UNSPECIFIED,
    hostname: node.hostname,
    httpPort: node.httpPort,
    version: node.version,
  };
}

/** @throws {InvalidArgumentError} when the node, its id or a known kind is missing */
export function nodeFromWire(node: wire.Node | undefined): ClusterNode {
  if (node === undefined || node.id === "") throw new InvalidArgumentError("node.id", "node.id must not be empty");
  const kind = KIND_FROM_WIRE.get(node.kind);
  if (kind === undefined) throw new InvalidArgumentError("node.kind", `node.kind ${node.kind} is not known`);
  return { nodeId: node.id, kind, hostname: node.hostname, httpPort: node.httpPort, version: node.version };
}

export function stateToWire(state: ClusterState): wire.SyncResponse {
  return {
    configJson: state.configJson,
    configDigest: state.configDigest,
    members: state.members.map((member) => ({ node: nodeToWire(member), lastSeenMs: toBigInt(member.lastSeenMs) })),
    models: state.models.map(modelToWire),
    datasetDigest: state.datasetDigest,
    listsVersion: toBigInt(state.listsVersion),
  };
}

/** @throws {InvalidArgumentError} when the master sent something that this version cannot hold */
export function stateFromWire(response: wire.SyncResponse): ClusterState {
  return {
    configJson: response.configJson,
    configDigest: response.configDigest,
    members: response.members.map(memberFromWire),
    models: response.models.map(modelFromWire),
    datasetDigest: response.datasetDigest,
    listsVersion: toNumber(response.listsVersion, "listsVersion"),
  };
}

function memberFromWire(member: wire.Member): ClusterMember {
  return { ...nodeFromWire(member.node), lastSeenMs: toNumber(member.lastSeenMs, "lastSeenMs") };
}

function modelToWire(model: ModelRef): wire.ModelRef {
  return {
    kind: model.kind,
    id: model.modelId,
    sizeBytes: toBigInt(model.sizeBytes),
    sha256: Buffer.from(model.sha256, "hex"),
    score: model.score,
    fittedMs: toBigInt(model.fittedMs),
  };
}

function modelFromWire(model: wire.ModelRef): ModelRef {
  return {
    kind: model.kind,
    modelId: model.id,
    sizeBytes: toNumber(model.sizeBytes, "sizeBytes"),
    sha256: Buffer.from(model.sha256).toString("hex"),
    score: model.score,
    fittedMs: toNumber(model.fittedMs, "fittedMs"),
  };
}

export function taskToWire(task: TaskProgress): wire.TaskProgress {
  return {
    tracer: task.tracer,
    name: task.name,
    status: STATUS_TO_WIRE.get(task.status) ?? wire.TaskStatus.TASK_STATUS_UNSPECIFIED,
    error: task.error,
    done: task.done,
    total: task.total,
    startedMs: task.startedMs === undefined ? undefined : toBigInt(task.startedMs),
    finishedMs: task.finishedMs === undefined ? undefined : toBigInt(task.finishedMs),
  };
}

/** @throws {InvalidArgumentError} when the status is not known or a time is out of range */
export function taskFromWire(task: wire.TaskProgress): TaskProgress {
  const status = STATUS_FROM_WIRE.get(task.status);
  if (status === undefined) throw new InvalidArgumentError("task.status", `task.status ${task.status} is not known`);
  return {
    tracer: task.tracer,
    name: task.name,
    status,
    error: task.error,
    done: task.done,
    total: task.total,
    startedMs: task.startedMs === undefined ? undefined : toNumber(task.startedMs, "startedMs"),
    finishedMs: task.finishedMs === undefined ? undefined : toNumber(task.finishedMs, "finishedMs"),
  };
}

function toBigInt(value: number): bigint {
  return BigInt(Math.round(value));
}

function toNumber(value: bigint, path: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError(path, `${path} ${value} is out of range`);
  return number;
}
