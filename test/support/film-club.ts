import { TestSystem } from "./system.ts";

export const API_KEY = "zhenghaoz";

/** Answers like those of the playground that the clients' own tests are written for: new users get the newest films. */
const CONFIG = `
[server]
api_key = "${API_KEY}"

[recommend.data_source]
positive_feedback_types = ["rating>=4"]
read_feedback_types = ["rating"]

[[recommend.non-personalized]]
name = "popular"
score = "len(feedback)"

[[recommend.item-to-item]]
name = "neighbors"
type = "users"

[[recommend.user-to-user]]
name = "neighbors"
type = "items"

[recommend.collaborative]
type = "mf"
fit_epoch = 20

[recommend.ranker]
type = "none"
recommenders = ["collaborative", "item-to-item/neighbors", "latest"]

[recommend.search]
columns = ["item.Comment"]

[recommend.fallback]
recommenders = ["latest"]
`;

const KNOWN_USERS: Readonly<Record<string, object>> = {
  1: { age: 24, gender: "M", occupation: "technician", zip_code: "85711" },
  10: { age: 53, gender: "M", occupation: "lawyer", zip_code: "90703" },
  100: { age: 36, gender: "M", occupation: "executive", zip_code: "90254" },
};

const KNOWN_FILMS: Readonly<Record<string, string>> = { 1: "Toy Story (1995)", 10: "Richard III (1995)", 100: "Fargo (1996)" };

/** Odd films are comedies, even ones dramas; a film is a day newer than the one before it. */
export const categoryOf = (itemId: string): string => (Number(itemId) % 2 === 1 ? "Comedy" : "Drama");
export const timestampOf = (itemId: string): string =>
  new Date(Date.UTC(1995, 0, Number(itemId))).toISOString().replace(".000Z", "Z");

/** Odd users like comedies, even ones dramas, two thirds of them. The same users like films 1 and 3. */
function likes(user: number, film: number): boolean {
  if (film === 3) return likes(user, 1);
  return user % 2 === film % 2 && scatter(user, film) % 3 !== 0;
}

const scatter = (user: number, film: number): number => Math.imul(user * 131 + film, 0x9e3779b1) >>> 16;

const range = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

/** A running, trained system that holds a hundred users, 120 films and what each user likes. */
export class FilmClub {
  readonly system: TestSystem = new TestSystem({ apiKey: API_KEY });

  static readonly userIds: readonly string[] = range(100);
  static readonly itemIds: readonly string[] = range(120);

  async start(): Promise<void> {
    await this.system.start(CONFIG);
    await this.#insert("/api/users", FilmClub.userIds.map(userOf));
    await this.#insert("/api/items", FilmClub.itemIds.map(itemOf));
    const feedback = FilmClub.userIds.flatMap((userId) => FilmClub.likedBy(userId).map((itemId) => ratingOf(userId, itemId)));
    await this.#insert("/api/feedback", feedback);
    await this.system.train();
  }

  async stop(): Promise<void> {
    await this.system.stop();
  }

  static likedBy(userId: string): string[] {
    return FilmClub.itemIds.filter((itemId) => likes(Number(userId), Number(itemId)));
  }

  async #insert(path: string, rows: readonly object[]): Promise<void> {
    const response = await this.system.post(path, rows);
    if (response.status !== 200) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  }
}

const userOf = (userId: string): object => ({
  UserId: userId,
  Labels: KNOWN_USERS[userId] ?? { age: 20 + (Number(userId) % 50) },
});

const itemOf = (itemId: string): object => ({
  ItemId: itemId,
  Categories: [categoryOf(itemId)],
  Timestamp: timestampOf(itemId),
  Labels: { decade: "1990s" },
  Comment: KNOWN_FILMS[itemId] ?? `Film ${itemId}`,
});

const ratingOf = (userId: string, itemId: string): object => ({
  FeedbackType: "rating",
  UserId: userId,
  ItemId: itemId,
  Value: 5,
  Timestamp: new Date(Date.UTC(1998, 0, 1, 0, Number(userId), Number(itemId) % 60)).toISOString(),
});
