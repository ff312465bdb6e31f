import type { Endpoint } from "./endpoint.ts";

/** Which methods a path has; only asked when routing has failed. */
export interface RouteTable {
  /** In capital letters; empty for a path that no route has. */
  methodsOf(path: string): string[];
}

export function createRouteTable(endpoints: readonly Endpoint[]): RouteTable {
  const routes = endpoints.map(({ method, path }) => ({ method: method.toUpperCase(), segments: path.split("/") }));
  return {
    methodsOf: (path) => {
      const segments = path.split("/");
      const matching = routes.filter((route) => matches(route.segments, segments));
      return [...new Set(matching.map((route) => route.method))];
    },
  };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, place) => part.startsWith("{") || part === segments[place]);
}
