import type { TermsMatch } from "../server/sql-driver.ts";

/** Positions in a text beyond this count as this, and a word has that many of them at most: bounds of the type `tsvector`. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS = 255;

/**
 * Terms in the notation of `tsvector`. The server's own parser is left out: what it takes for a word depends on the locale of the database.
 * Terms hold letters, digits and marks only, so quotes around them are enough.
 */
export function termsVector(terms: readonly string[]): string {
  const positions = new Map<string, number[]>();
  for (const [index, term] of terms.entries()) {
    const known = positions.get(term) ?? [];
    if (known.length < MAX_POSITIONS) known.push(Math.min(index + 1, MAX_POSITION));
    positions.set(term, known);
  }
  return [...positions].map(([term, list]) => `'${term}':${list.join(",")}`).join(" ");
}

/** Ranked by how often the words stand in a text, against its length. */
export function matchTermsVector(column: string, terms: readonly string[]): TermsMatch {
  return {
    matches: `${column} @@ ?::tsquery`,
    rank: `ts_rank(${column}, ?::tsquery, 1)`,
    pattern: terms.map((term) => `'${term}'`).join(" | "),
  };
}
