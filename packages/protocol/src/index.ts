export { isLoopbackHost } from "./access.ts";
export { type ClusterClient, type ClusterClientOptions, createClusterClient } from "./cluster-client.ts";
export { ClusterFollower, type ClusterFollowerOptions } from "./cluster-follower.ts";
export { type ClusterServer, type ClusterServerOptions, createClusterServer } from "./cluster-server.ts";
export { MemberTable, type MemberTableOptions } from "./member-table.ts";
export { grpcStatusOf, httpStatusOf } from "./status.ts";
export type {
  ClusterHandlers,
  ClusterMember,
  ClusterNode,
  ClusterState,
  DownloadOptions,
  ModelRef,
  MutualTls,
  NodeKind,
} from "./types.ts";
export { ownerOf, shareUsers, type UserOwnership } from "./user-ownership.ts";
