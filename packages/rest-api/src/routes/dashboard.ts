import { type TaskProgress, ZERO_TIME_MS } from "@furze/core";
import { type Endpoint, endpoint } from "../endpoint.ts";
import type { MasterContext } from "../options.ts";
import type { ClusterNodeInfo } from "../ports.ts";
import { clusterAnswer, startedAnswer, tasksAnswer } from "../response-schemas.ts";
import { formatTime, writeFields, writeList } from "../wire/json-writer.ts";

const admin = { access: "admin", tag: "dashboard" } as const;

/** What the dashboard and the command line ask of the master. */
export function dashboardEndpoints({ tasks, cluster, trainer }: MasterContext): Endpoint[] {
  return [
    endpoint(
      {
        ...admin,
        method: "get",
        path: "/api/dashboard/tasks",
        name: "listTasks",
        summary: "Background tasks and how far they are",
        answer: tasksAnswer,
      },
      () => writeList(tasks.tasks(), writeTask),
    ),
    endpoint(
      {
        ...admin,
        method: "post",
        path: "/api/dashboard/tasks/run",
        name: "startTraining",
        summary: "Start a training cycle now",
        answer: startedAnswer,
      },
      async () => `{\n "Started": ${await trainer.trigger()}\n}`,
    ),
    endpoint(
      {
        ...admin,
        method: "get",
        path: "/api/dashboard/cluster",
        name: "listNodes",
        summary: "Live processes of the cluster",
        answer: clusterAnswer,
      },
      () => writeList(cluster.nodes().toSorted(byKind), writeNode),
    ),
  ];
}

function writeTask(task: TaskProgress, depth: number): string {
  return writeFields(depth, {
    Tracer: task.tracer,
    Name: task.name,
    Status: task.status,
    Error: task.error ?? "",
    Count: task.done,
    Total: task.total,
    StartTime: formatTime(task.startedMs ?? ZERO_TIME_MS),
    FinishTime: formatTime(task.finishedMs ?? ZERO_TIME_MS),
  });
}

/** Kinds of node as Gorse prints them. */
const TYPES = { master: "Master", server: "Server", worker: "Worker" } as const;

function writeNode(node: ClusterNodeInfo, depth: number): string {
  return writeFields(depth, {
    UUID: node.nodeId,
    Hostname: node.hostname,
    Type: TYPES[node.kind],
    Version: node.version,
    UpdateTime: formatTime(node.lastSeenMs),
  });
}

function byKind(a: ClusterNodeInfo, b: ClusterNodeInfo): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.nodeId < b.nodeId ? -1 : 1;
}
