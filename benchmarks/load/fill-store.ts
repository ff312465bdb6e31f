import type { Feedback, Item, User } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import type { DataStore } from "@furze/storage";

/** How many rows of what to generate. */
export interface StoreShape {
  readonly numUsers: number;
  readonly numItems: number;
  /** Pairs of a user and an item; each user has at least one, some have hundreds. */
  readonly numFeedback: number;
  readonly labelsPerUser: number;
  readonly tagsPerItem: number;
}

const BATCH_ROWS = 50_000;
const NUM_USER_LABELS = 5000;
const NUM_ITEM_TAGS = 2000;
const START_MS = Date.UTC(2026, 0, 1);

/** Fills the store with seeded rows unless it holds as many already. @returns whether it had to */
export async function fillStore(store: DataStore, shape: StoreShape): Promise<boolean> {
  if ((await store.feedback.count()) === shape.numFeedback && (await store.users.count()) === shape.numUsers) return false;
  await store.purge();
  for (const batch of batches(users(shape))) await store.users.upsert(batch);
  for (const batch of batches(items(shape))) await store.items.upsert(batch);
  for (const batch of batches(feedback(shape))) await store.feedback.upsert(batch, { mode: "overwrite" });
  return true;
}

function* batches<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const idOf = (kind: string, index: number): string => kind + String(index).padStart(8, "0");

/** Ranks of a law like Zipf's: small ones come often. */
const skewed = (random: SeededRandom, size: number): number => Math.floor(size * random.next() ** 3);

function names(random: SeededRandom, kind: string, count: number, size: number): string[] {
  const found = new Set<number>();
  while (found.size < count) found.add(skewed(random, size));
  return [...found].map((rank) => `${kind}${rank}`);
}

function* users({ numUsers, labelsPerUser }: StoreShape): Generator<User> {
  const random = new SeededRandom(1);
  for (let user = 0; user < numUsers; user++) {
    const labels = labelsPerUser === 0 ? null : { likes: names(random, "label", labelsPerUser, NUM_USER_LABELS) };
    yield { userId: idOf("u", user), labels, comment: "" };
  }
}

function* items({ numItems, tagsPerItem }: StoreShape): Generator<Item> {
  const random = new SeededRandom(2);
  for (let item = 0; item < numItems; item++) {
    const labels = tagsPerItem === 0 ? null : { tags: names(random, "tag", tagsPerItem, NUM_ITEM_TAGS) };
    const categories = [`category${item % 20}`];
    yield { itemId: idOf("i", item), isHidden: false, categories, timestampMs: START_MS + item, labels, comment: "" };
  }
}

/** In the order of the ids. What the users before have left over goes to the last one. */
function* feedback({ numUsers, numItems, numFeedback }: StoreShape): Generator<Feedback> {
  const random = new SeededRandom(3);
  let left = numFeedback;
  for (let user = 0; user < numUsers; user++) {
    const usersLeft = numUsers - user;
    const mean = left / usersLeft;
    const drawn = Math.max(1, Math.min(numItems >> 2, Math.round(mean * 0.45 * random.next() ** -0.55)));
    const wanted = usersLeft === 1 ? left : Math.min(drawn, left - usersLeft + 1);
    const chosen = new Set<number>();
    while (chosen.size < wanted) chosen.add(skewed(random, numItems));
    for (const item of [...chosen].sort((a, b) => a - b)) {
      const timestampMs = START_MS + random.nextInt(10_000_000) * 1000;
      const [userId, itemId] = [idOf("u", user), idOf("i", item)];
      yield { feedbackType: "click", userId, itemId, value: 1, timestampMs, updatedMs: timestampMs, comment: "" };
    }
    left -= wanted;
  }
}
