import { stripVTControlCharacters } from "node:util";

export interface ShownLists {
  readonly userId: string;
  readonly liked: readonly { readonly title: string; readonly value: number }[];
  readonly recommended: readonly { readonly title: string; readonly source: string }[];
}

const GAP = "   ";
const MIN_COLUMN = 20;

/**
 * What one user liked next to what is recommended to him, as the lines of a table with two columns.
 *
 * @param width columns of the terminal; titles that do not fit end in `…`
 */
export function formatRecommendations(lists: ShownLists, width: number): string[] {
  const valueWidth = Math.max(0, ...lists.liked.map((entry) => String(entry.value).length));
  const left = lists.liked.map((entry) =>
    // Feedback such as a click has no value to show.
    clean(entry.value === 0 ? entry.title : `${String(entry.value).padStart(valueWidth)}  ${entry.title}`),
  );
  const right = lists.recommended.map((entry, rank) => clean(`${String(rank + 1).padStart(2)}  ${entry.title}`));
  const sources = lists.recommended.map((entry) => clean(entry.source));
  const heads = [`User ${clean(lists.userId)} liked`, "is recommended"];
  const sourceWidth = longest(["because of", ...sources]);
  const room = Math.max(2 * MIN_COLUMN, width - sourceWidth - 2 * GAP.length);
  const leftWidth = Math.min(longest([heads[0] ?? "", ...left]), Math.max(MIN_COLUMN, Math.floor(room / 2)));
  const rightWidth = Math.min(longest([heads[1] ?? "", ...right]), Math.max(MIN_COLUMN, room - leftWidth));
  const line = (a: string, b: string, c: string) => [toWidth(a, leftWidth), toWidth(b, rightWidth), c].join(GAP).trimEnd();
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
    line(left[row] ?? "", right[row] ?? "", sources[row] ?? ""),
  );
  const rule = line("-".repeat(leftWidth), "-".repeat(rightWidth), "-".repeat(sourceWidth));
  return [line(heads[0] ?? "", heads[1] ?? "", "because of"), rule, ...rows];
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => [...text].length));
}

/** Exactly `width` characters: padded or cut. */
function toWidth(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text + " ".repeat(width - characters.length);
  return `${characters.slice(0, width - 1).join("")}…`;
}

/** Titles are data of others: they must not move the cursor or colour the terminal. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, " ");
}
