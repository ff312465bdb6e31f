import { createHash } from "node:crypto";
import type { TermsMatch } from "../server/sql-driver.ts";

const ASCII_TERM = /^[a-z0-9]+$/;
/** Letters that InnoDB keeps of a word. */
const MAX_WORD_LENGTH = 84;

/**
 * Terms as words that InnoDB takes for one each. By itself it would leave out short and common ones, cut long ones, and not see the ends
 * of words in many scripts; so all get a prefix, and those with other letters are written in hexadecimal digits.
 */
export function termsText(terms: readonly string[]): string {
  return terms.map(wordOf).join(" ");
}

function wordOf(term: string): string {
  if (ASCII_TERM.test(term)) return `zz${term}`;
  const digits = Buffer.from(term).toString("hex");
  return digits.length <= MAX_WORD_LENGTH - 2 ? `zx${digits}` : `zh${createHash("sha1").update(term).digest("hex")}`;
}

/** Ranked by how often the words stand in a text and how rare they are. */
export function matchTermsText(column: string, terms: readonly string[]): TermsMatch {
  const match = `MATCH(${column}) AGAINST (? IN NATURAL LANGUAGE MODE)`;
  return { matches: match, rank: match, pattern: termsText(terms) };
}
