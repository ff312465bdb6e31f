import { serve } from "@hono/node-server";
import { Hono } from "hono";

// The least that a route on this machine can cost: a fixed text, nothing read, nothing logged. Prints where it listens.
const app = new Hono();
app.get("/", (context) => context.text("ok"));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => process.stdout.write(`http://127.0.0.1:${port}\n`));
