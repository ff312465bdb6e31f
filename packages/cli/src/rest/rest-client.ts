import type { CallOptions, Feedback, Item, User } from "@furze/core";
import type { HttpJson } from "./http-json.ts";
import {
  toWireFeedback,
  toWireItem,
  toWireUser,
  type WireFeedback,
  type WireItem,
  type WireRecommendation,
  type WireUser,
} from "./wire.ts";

export interface UserPage {
  readonly Cursor: string;
  readonly Users: readonly WireUser[] | null;
}

/** The part of the REST API that the commands use. */
export class RestClient {
  readonly url: string;
  readonly #http: HttpJson;

  constructor(http: HttpJson) {
    this.url = http.url;
    this.#http = http;
  }

  async upsertUsers(users: readonly User[], options: CallOptions = {}): Promise<void> {
    await this.#http.request("POST", "/api/users", { ...options, body: users.map(toWireUser) });
  }

  async upsertItems(items: readonly Item[], options: CallOptions = {}): Promise<void> {
    await this.#http.request("POST", "/api/items", { ...options, body: items.map(toWireItem) });
  }

  /** Replaces rows that exist instead of adding their values, so that doing it twice changes nothing. */
  async overwriteFeedback(rows: readonly Feedback[], options: CallOptions = {}): Promise<void> {
    await this.#http.request("PUT", "/api/feedback", { ...options, body: rows.map(toWireFeedback) });
  }

  async hasItems(options: CallOptions = {}): Promise<boolean> {
    const page = await this.#http.request<{ Items: readonly WireItem[] | null }>("GET", "/api/items?n=1", options);
    return (page.Items ?? []).length > 0;
  }

  item(itemId: string, options: CallOptions = {}): Promise<WireItem> {
    return this.#http.request("GET", `/api/item/${encodeURIComponent(itemId)}`, options);
  }

  users(limit: number, cursor: string, options: CallOptions = {}): Promise<UserPage> {
    return this.#http.request("GET", `/api/users?n=${limit}&cursor=${encodeURIComponent(cursor)}`, options);
  }

  async feedbackOf(userId: string, options: CallOptions = {}): Promise<readonly WireFeedback[]> {
    const path = `/api/user/${encodeURIComponent(userId)}/feedback`;
    return (await this.#http.request<readonly WireFeedback[] | null>("GET", path, options)) ?? [];
  }

  async recommend(userId: string, limit: number, options: CallOptions = {}): Promise<readonly WireRecommendation[]> {
    const path = `/api/recommend/${encodeURIComponent(userId)}?n=${limit}&details=true`;
    return (await this.#http.request<readonly WireRecommendation[] | null>("GET", path, options)) ?? [];
  }
}
