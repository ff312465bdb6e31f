import { type Item, type ItemPatch, NotFoundError } from "@furze/core";
import type { Context } from "hono";
import { bodyEndpoint, type Endpoint, endpoint } from "../endpoint.ts";
import { badRequest } from "../http-error.ts";
import type { ApiContext } from "../options.ts";
import { checkCategories, checkRowLimits } from "../quota/row-limits.ts";
import { itemPatch, manyItems, oneItem } from "../request/bodies.ts";
import { readCursor, writeCursor } from "../request/cursor.ts";
import { firstOfEachId } from "../request/first-of-each-id.ts";
import { readItemId, readLimit, readName, readSearchLimit } from "../request/query.ts";
import { namedCategories, toItem } from "../request/to-item.ts";
import { itemAnswer, itemsPage, successAnswer } from "../response-schemas.ts";
import type { ItemPatchBody } from "../schemas.ts";
import { storeItems } from "../store-rows.ts";
import { writePage, writeRowAffected } from "../wire/json-writer.ts";
import { parseRfc3339 } from "../wire/timestamp.ts";

const tag = "items";

export function itemEndpoints(context: ApiContext): Endpoint[] {
  return [...writeEndpoints(context), ...readEndpoints(context), ...categoryEndpoints(context)];
}

function writeEndpoints(context: ApiContext): Endpoint[] {
  const { itemEditor, quotas } = context;
  return [
    bodyEndpoint(
      context,
      {
        method: "post",
        path: "/api/item",
        tag,
        name: "insertItem",
        summary: "Insert or replace an item",
        answer: successAnswer,
        failures: [429],
        format: oneItem,
      },
      async (body) => {
        const item = toItem(body, context);
        await storeItems(context, [item]);
        return writeRowAffected(1);
      },
    ),
    bodyEndpoint(
      context,
      {
        method: "post",
        path: "/api/items",
        tag,
        name: "insertItems",
        summary: "Insert or replace items",
        answer: successAnswer,
        failures: [429],
        format: manyItems,
      },
      async (bodies) => {
        const rows = bodies.map((body) => toItem(body, context));
        const items = firstOfEachId(rows, (item) => item.itemId);
        if (items.length > 0) await storeItems(context, items);
        return writeRowAffected(bodies.length);
      },
    ),
    bodyEndpoint(
      context,
      {
        method: "patch",
        path: "/api/item/{item-id}",
        tag,
        name: "patchItem",
        summary: "Change an item",
        answer: successAnswer,
        failures: [429],
        format: itemPatch,
      },
      async (body, c) => {
        await itemEditor.patch(readItemId(c), toPatch(body, context));
        return writeRowAffected(1);
      },
    ),
    endpoint(
      {
        method: "delete",
        path: "/api/item/{item-id}",
        tag,
        name: "deleteItem",
        summary: "Delete an item with its feedback",
        answer: successAnswer,
      },
      async (c) => {
        quotas.items.release(await itemEditor.delete([readItemId(c)]));
        return writeRowAffected(1);
      },
    ),
  ];
}

function readEndpoints(context: ApiContext): Endpoint[] {
  const { dataStore, dialect } = context;
  return [
    endpoint(
      {
        method: "get",
        path: "/api/item/{item-id}",
        tag,
        name: "getItem",
        summary: "An item",
        answer: itemAnswer,
        failures: [404],
      },
      async (c) => {
        const itemId = readItemId(c);
        const [item] = await dataStore.items.get([itemId]);
        if (item === undefined) throw new NotFoundError("item", itemId);
        return dialect.writeItem(item);
      },
    ),
    endpoint(
      {
        method: "get",
        path: "/api/items",
        tag,
        name: "listItems",
        summary: "Items in order of their ids, or those that contain words of `q`, best first",
        query: ["n", "cursor", "q"],
        answer: itemsPage,
      },
      async (c) => {
        const query = c.req.query("q") ?? "";
        if (query !== "") {
          const found = await search(context, query, readSearchLimit(c, context));
          return writePage("", "Items", found, dialect.writeItem);
        }
        const page = await dataStore.items.list({ limit: readLimit(c, context), from: readCursor(c) });
        return writePage(writeCursor(page.next), "Items", page.rows, dialect.writeItem);
      },
    ),
  ];
}

async function search({ dataStore, options }: ApiContext, query: string, limit: number): Promise<readonly Item[]> {
  if (!options.itemSearch) throw badRequest("item search is not supported because [recommend.search].columns is empty");
  return dataStore.itemSearch.search({ query, limit });
}

function categoryEndpoints({ itemEditor, dataStore, quotas }: ApiContext): Endpoint[] {
  const path = "/api/item/{item-id}/category/{category}";
  const change = (edit: (itemId: string, category: string) => Promise<boolean>) => async (c: Context) => {
    const itemId = readItemId(c);
    if (!(await edit(itemId, readName(c, "category")))) throw new NotFoundError("item", itemId);
    return writeRowAffected(1);
  };
  return [
    endpoint(
      {
        method: "put",
        path,
        tag,
        name: "addCategory",
        summary: "Add a category to an item",
        answer: successAnswer,
        failures: [404, 429],
      },
      change(async (itemId, category) => {
        if (quotas.limits.maxCategories > 0 || quotas.limits.maxCategoryBytes > 0) {
          const [item] = await dataStore.items.get([itemId]);
          if (item !== undefined) checkCategories([...new Set([...item.categories, category])], quotas.limits);
        }
        return itemEditor.addCategory(itemId, category);
      }),
    ),
    endpoint(
      {
        method: "delete",
        path,
        tag,
        name: "removeCategory",
        summary: "Take a category from an item",
        answer: successAnswer,
        failures: [404],
      },
      change((itemId, category) => itemEditor.removeCategory(itemId, category)),
    ),
  ];
}

function toPatch(body: ItemPatchBody, { dialect, quotas }: ApiContext): ItemPatch {
  const patch: ItemPatch = {
    ...(body.IsHidden == null ? {} : { isHidden: body.IsHidden }),
    ...(body.Categories == null ? {} : { categories: namedCategories(body.Categories) }),
    ...(body.Timestamp == null ? {} : { timestampMs: parseRfc3339(body.Timestamp) }),
    ...(body.Labels == null ? {} : { labels: body.Labels }),
    ...(body.Comment == null ? {} : { comment: body.Comment }),
  };
  dialect.checkLabels(patch.labels ?? null, "ItemPatch");
  checkRowLimits(patch, quotas.limits);
  return patch;
}
