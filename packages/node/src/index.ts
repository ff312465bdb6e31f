export { type RunningNode, type StartNodeOptions, startNode } from "./start-node.ts";
