import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Endpoint, endpoint, type ReplyOptions } from "../endpoint.ts";
import { HttpError } from "../http-error.ts";

/** The page and what is its own; the viewer lies in a folder beside, or in node_modules while the package is not packed. */
const PAGE = new URL("../../apidocs/", import.meta.url);
const VIEWER = new URL("viewer/", PAGE);

interface Asset {
  readonly contentType: string;
  readonly folder: () => URL;
}

const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";

const ASSETS: Readonly<Record<string, Asset>> = {
  "start.js": { contentType: script, folder: () => PAGE },
  "page.css": { contentType: style, folder: () => PAGE },
  "swagger-ui-bundle.js": { contentType: script, folder: viewerFolder },
  "swagger-ui.css": { contentType: style, folder: viewerFolder },
};

const PAGE_HEADERS = {
  // Nothing comes from elsewhere; the viewer sets styles of elements and shows icons that are part of its style sheet.
  "Content-Security-Policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

const facts = { method: "get", access: "open", tag: "system", name: "apiPage", answer: z.string() } as const;

/** A page that shows `/apidocs.json` and lets people try the routes. It is open to anybody, the document is not. */
export function apidocsEndpoints(): Endpoint[] {
  return [
    endpoint({ ...facts, path: "/apidocs", summary: "This document as a page", answerType: "text/html" }, showPage),
    endpoint({ ...facts, path: "/apidocs/{file}", summary: "A file of that page" }, async (c) => {
      const name = c.req.param("file") ?? "";
      const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
      if (asset === undefined) throw new HttpError(404, "404: Page Not Found");
      return serve(new URL(name, asset.folder()), asset.contentType);
    }),
  ];
}

async function showPage(c: Context): Promise<ReplyOptions> {
  // The files of the page are named relative to it, so its address must end in a slash.
  if (!new URL(c.req.url).pathname.endsWith("/")) {
    return { status: 307, body: "", contentType: "text/plain; charset=utf-8", headers: { Location: "/apidocs/" } };
  }
  return serve(new URL("index.html", PAGE), "text/html; charset=utf-8");
}

async function serve(file: URL, contentType: string): Promise<ReplyOptions> {
  return { body: await readFile(file, "utf8"), contentType, headers: PAGE_HEADERS };
}

function viewerFolder(): URL {
  return existsSync(VIEWER) ? VIEWER : new URL("./", import.meta.resolve("swagger-ui-dist/package.json"));
}
