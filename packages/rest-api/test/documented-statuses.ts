import { createRestApi, type RestApiDependencies } from "../src/index.ts";

interface Documented {
  readonly method: string;
  readonly path: RegExp;
  readonly statuses: readonly number[];
}

/** Throws when a route of the document answers with a status that it does not tell. */
export type CheckStatus = (method: string, path: string, status: number) => void;

/** Reads what may be answered from the OpenAPI document of an API with these dependencies. */
export async function readDocumentedStatuses(dependencies: RestApiDependencies): Promise<CheckStatus> {
  const app = createRestApi({ ...dependencies, options: {}, logger: undefined, metrics: undefined });
  const { paths } = (await (await app.request("/apidocs.json")).json()) as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { responses }]): Documented => ({
        method: method.toUpperCase(),
        path: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
        statuses: Object.keys(responses).map(Number),
      }),
    ),
  );
  return (method, path, status) => {
    const clean = path
      .replace(/\?.*$/, "")
      .replaceAll(/\/{2,}/g, "/")
      .replace(/(?<=.)\/$/, "");
    const route = routes.find((one) => one.method === method && one.path.test(clean));
    if (route !== undefined && !route.statuses.includes(status)) {
      throw new Error(`${method} ${clean} answered ${status}, its document tells ${route.statuses.join(", ")}`);
    }
  };
}
