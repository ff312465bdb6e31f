import type { Hono } from "hono";
import { buildApp } from "./build-app.ts";
import { CatalogSummary } from "./catalog-summary.ts";
import type { Endpoint } from "./endpoint.ts";
import {
  type ApiContext,
  type MasterApiDependencies,
  type MasterContext,
  type RestApiDependencies,
  resolveContext,
  resolveMasterContext,
  resolveStatusContext,
  type StatusApiDependencies,
} from "./options.ts";
import { apidocsEndpoints } from "./routes/apidocs.ts";
import { bulkEndpoints } from "./routes/bulk.ts";
import { collaborativeEndpoints } from "./routes/collaborative.ts";
import { dashboardEndpoints } from "./routes/dashboard.ts";
import { configEndpoints } from "./routes/dashboard-config.ts";
import { dashboardListEndpoints } from "./routes/dashboard-lists.ts";
import { dashboardOverviewEndpoints } from "./routes/dashboard-overview.ts";
import { promptEndpoints } from "./routes/dashboard-prompts.ts";
import { scriptEndpoints } from "./routes/dashboard-scripts.ts";
import { dashboardUserEndpoints } from "./routes/dashboard-users.ts";
import { dumpEndpoints } from "./routes/dump.ts";
import { feedbackEndpoints } from "./routes/feedback.ts";
import { feedbackOfEndpoints } from "./routes/feedback-of.ts";
import { healthEndpoints } from "./routes/health.ts";
import { itemEndpoints } from "./routes/items.ts";
import { latestEndpoints } from "./routes/latest.ts";
import { leaderboardEndpoints } from "./routes/leaderboards.ts";
import { loginEndpoints } from "./routes/login.ts";
import { measurementEndpoints } from "./routes/measurements.ts";
import { neighborEndpoints } from "./routes/neighbors.ts";
import { purgeEndpoints } from "./routes/purge.ts";
import { recommendEndpoints } from "./routes/recommend.ts";
import { sessionEndpoints } from "./routes/session.ts";
import { documentEndpoint, metricsEndpoints } from "./routes/system.ts";
import { timeSeriesEndpoints } from "./routes/time-series.ts";
import { userEndpoints } from "./routes/users.ts";
import type { Sessions } from "./sessions.ts";

/**
 * The REST API of Gorse v0.5 (with the routes of v0.4 that clients still call) over the stores and a recommender.
 * It listens to nothing by itself: give it to `listen`, or call `app.request(...)` in the same process.
 * Errors are plain text; whatever a handler throws becomes an answer.
 *
 * @throws {InvalidArgumentError} for options that cannot be meant
 */
export function createRestApi(dependencies: RestApiDependencies): Hono {
  const context = resolveContext(dependencies);
  return assemble(context, restEndpoints(context));
}

/** The REST API with what the master adds: what the dashboard shows, a way to start training, files in and out. Errors as `createRestApi`. */
export function createMasterApi(dependencies: MasterApiDependencies): Hono {
  const context = resolveMasterContext(dependencies);
  return assemble(context, [...restEndpoints(context), ...masterEndpoints(context)], context.sessions);
}

/** Health and metrics alone, for a process that serves no recommendations. Errors as `createRestApi`. */
export function createStatusApi(dependencies: StatusApiDependencies): Hono {
  const context = resolveStatusContext(dependencies);
  return buildApp(context, [...healthEndpoints(context), ...metricsEndpoints(context)]);
}

function assemble(context: ApiContext, endpoints: readonly Endpoint[], sessions?: Sessions): Hono {
  const all = [...endpoints, documentEndpoint(endpoints, context), ...apidocsEndpoints(), ...metricsEndpoints(context)];
  return buildApp(context, all, sessions);
}

function masterEndpoints(context: MasterContext): Endpoint[] {
  const catalog = new CatalogSummary(context.dataStore, context.clock);
  return [
    ...loginEndpoints(context),
    ...dashboardEndpoints(context),
    ...configEndpoints(context),
    ...dashboardOverviewEndpoints(context, catalog),
    ...timeSeriesEndpoints(context),
    ...dashboardUserEndpoints(context),
    ...dashboardListEndpoints(context),
    ...scriptEndpoints(context),
    ...promptEndpoints(context),
    ...bulkEndpoints(context, catalog),
    ...dumpEndpoints(context, catalog),
    ...purgeEndpoints(context, catalog),
  ];
}

function restEndpoints(context: ApiContext): Endpoint[] {
  return [
    ...healthEndpoints(context),
    ...userEndpoints(context),
    ...itemEndpoints(context),
    ...feedbackEndpoints(context),
    ...feedbackOfEndpoints(context),
    ...recommendEndpoints(context),
    ...latestEndpoints(context),
    ...leaderboardEndpoints(context),
    ...neighborEndpoints(context),
    ...collaborativeEndpoints(context),
    ...sessionEndpoints(context),
    ...measurementEndpoints(context),
  ];
}
