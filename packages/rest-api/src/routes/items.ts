import { type Item, type ItemPatch, NotFoundError } from "@furze/core";
import type { Context } from "hono";
import { bodyEndpoint, type Endpoint, endpoint } from "../endpoint.ts";
import { badRequest } from "../http-error.ts";
import type { ApiContext } from "../options.ts";
import { itemPatch, manyItems, oneItem } from "../request/bodies.ts";
import { readCursor, writeCursor } from "../request/cursor.ts";
import { firstOfEachId } from "../request/first-of-each-id.ts";
import { checkLabelsSize } from "../request/labels-size.ts";
import { readItemId, readLimit, readName } from "../request/query.ts";
import { itemAnswer, itemsPage, successAnswer } from "../response-schemas.ts";
import type { ItemBody, ItemPatchBody } from "../schemas.ts";
import { writeItem, writePage, writeRowAffected } from "../wire/json-writer.ts";
import { parseRfc3339, parseTimestamp } from "../wire/timestamp.ts";

const tag = "items";

export function itemEndpoints(context: ApiContext): Endpoint[] {
  return [...writeEndpoints(context), ...readEndpoints(context), ...categoryEndpoints(context)];
}

function writeEndpoints(context: ApiContext): Endpoint[] {
  const { itemEditor, options } = context;
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
        format: oneItem,
      },
      async (body) => {
        await itemEditor.upsert([toItem(body, options.maxLabelsBytes)]);
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
        format: manyItems,
      },
      async (bodies) => {
        const rows = bodies.map((body) => toItem(body, options.maxLabelsBytes));
        const items = firstOfEachId(rows, (item) => item.itemId);
        if (items.length > 0) await itemEditor.upsert(items);
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
        format: itemPatch,
      },
      async (body, c) => {
        await itemEditor.patch(readItemId(c), toPatch(body, options.maxLabelsBytes));
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
        await itemEditor.delete([readItemId(c)]);
        return writeRowAffected(1);
      },
    ),
  ];
}

function readEndpoints(context: ApiContext): Endpoint[] {
  const { dataStore } = context;
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
        return writeItem(item);
      },
    ),
    endpoint(
      {
        method: "get",
        path: "/api/items",
        tag,
        name: "listItems",
        summary: "Items in order of their ids",
        query: ["n", "cursor", "q"],
        answer: itemsPage,
      },
      async (c) => {
        if ((c.req.query("q") ?? "") !== "") {
          throw badRequest("item search is not supported because [recommend.search].columns is empty");
        }
        const page = await dataStore.items.list({ limit: readLimit(c, context), from: readCursor(c) });
        return writePage(writeCursor(page.next), "Items", page.rows, writeItem);
      },
    ),
  ];
}

function categoryEndpoints({ itemEditor }: ApiContext): Endpoint[] {
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
        failures: [404],
      },
      change((itemId, category) => itemEditor.addCategory(itemId, category)),
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

function toItem(body: ItemBody, maxLabelsBytes: number): Item {
  const labels = body.Labels ?? null;
  checkLabelsSize(labels, maxLabelsBytes);
  return {
    itemId: body.ItemId,
    isHidden: body.IsHidden ?? false,
    categories: named(body.Categories ?? []),
    timestampMs: parseTimestamp(body.Timestamp ?? ""),
    labels,
    comment: body.Comment ?? "",
  };
}

function toPatch(body: ItemPatchBody, maxLabelsBytes: number): ItemPatch {
  if (body.Labels != null) checkLabelsSize(body.Labels, maxLabelsBytes);
  return {
    ...(body.IsHidden == null ? {} : { isHidden: body.IsHidden }),
    ...(body.Categories == null ? {} : { categories: named(body.Categories) }),
    ...(body.Timestamp == null ? {} : { timestampMs: parseRfc3339(body.Timestamp) }),
    ...(body.Labels == null ? {} : { labels: body.Labels }),
    ...(body.Comment == null ? {} : { comment: body.Comment }),
  };
}

/** Empty names, which splitting an empty text leaves behind, are no categories; an item has each of the others once. */
function named(categories: readonly string[]): readonly string[] {
  return [...new Set(categories)].filter((category) => category !== "");
}
