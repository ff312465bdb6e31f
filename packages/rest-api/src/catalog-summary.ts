import type { Clock, JsonValue } from "@furze/core";
import type { DataStore } from "@furze/storage";

export interface Catalog {
  /** All categories, the one with most items first; equal ones by name. */
  readonly categories: readonly string[];
  /** Different texts in the labels of users, each counted once for each place in the labels where it stands. */
  readonly numUserLabels: number;
  readonly numItemLabels: number;
}

/** How long a summary is good for: pages that ask for it are loaded again and again. */
const MAX_AGE_MS = 60_000;

/**
 * Which categories and labels there are. Nothing keeps books about them, so they are counted when somebody asks.
 *
 * Cost: one scan of users and items a minute at most; callers that come meanwhile share it. Memory: the different categories and labels.
 */
export class CatalogSummary {
  readonly #dataStore: DataStore;
  readonly #clock: Clock;
  #catalog: Promise<Catalog> | undefined;
  #expiresMs = 0;

  constructor(dataStore: DataStore, clock: Clock) {
    this.#dataStore = dataStore;
    this.#clock = clock;
  }

  read(): Promise<Catalog> {
    if (this.#catalog !== undefined && this.#clock.now() < this.#expiresMs) return this.#catalog;
    this.#expiresMs = this.#clock.now() + MAX_AGE_MS;
    const scan = this.#scan().catch((error: unknown) => {
      if (this.#catalog === scan) this.#catalog = undefined;
      throw error;
    });
    this.#catalog = scan;
    return scan;
  }

  /** The next caller gets a new one: rows have been written by the thousand, or all deleted. */
  forget(): void {
    this.#catalog = undefined;
  }

  async #scan(): Promise<Catalog> {
    const { users, items } = this.#dataStore;
    const userLabels = new Set<string>();
    for await (const batch of users.scan()) for (const { labels } of batch) collectTexts(labels, "", userLabels);
    const itemLabels = new Set<string>();
    const itemsOf = new Map<string, number>();
    for await (const batch of items.scan()) {
      for (const { labels, categories } of batch) {
        collectTexts(labels, "", itemLabels);
        for (const category of categories) itemsOf.set(category, (itemsOf.get(category) ?? 0) + 1);
      }
    }
    const categories = [...itemsOf].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return {
      categories: categories.map(([category]) => category),
      numUserLabels: userLabels.size,
      numItemLabels: itemLabels.size,
    };
  }
}

function collectTexts(labels: JsonValue, path: string, found: Set<string>): void {
  if (typeof labels === "string") found.add(`${path}\0${labels}`);
  else if (Array.isArray(labels)) for (const label of labels) collectTexts(label, path, found);
  else if (typeof labels === "object" && labels !== null) {
    for (const [name, label] of Object.entries(labels)) collectTexts(label as JsonValue, `${path}\0${name}`, found);
  }
}
