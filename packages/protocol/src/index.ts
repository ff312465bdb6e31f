export { isLoopbackHost } from "./access.ts";
export { type ClusterClient, type ClusterClientOptions, createClusterClient } from "./cluster-client.ts";
export { ClusterFollower, type ClusterFollowerOptions } from "./cluster-follower.ts";
export { type ClusterServer, type ClusterServerOptions, createClusterServer } from "./cluster-server.ts";
export { type JoinClusterOptions, joinCluster } from "./join-cluster.ts";
export { MemberTable, type MemberTableOptions } from "./member-table.ts";
export { type NodeFlags, type NodeOptions, readNodeOptions } from "./node-options.ts";
export { grpcStatusOf, httpStatusOf } from "./status.ts";
export { readTlsFiles, type TlsFiles } from "./tls.ts";
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
