import type { Item, User } from "@furze/core";
import type { ApiContext } from "./options.ts";

/** Inserts or replaces users; of several with one id the last counts. @returns number of rows @throws {HttpError} 429 when they would be too many */
export async function storeUsers({ dataStore, quotas }: ApiContext, users: readonly User[]): Promise<number> {
  const ids = users.map((user) => user.userId);
  await quotas.users.admit(ids, () => dataStore.users.upsert(users));
  return users.length;
}

/** As `storeUsers`, for items. */
export async function storeItems({ itemEditor, quotas }: ApiContext, items: readonly Item[]): Promise<number> {
  const ids = items.map((item) => item.itemId);
  await quotas.items.admit(ids, () => itemEditor.upsert(items));
  return items.length;
}
