import type { Item, JsonValue } from "@furze/core";
import type { SearchColumn } from "./item-search.ts";

/** Terms of one item beyond which its text is not searched: with the longest ones, what PostgreSQL holds for a row (1 MB). */
const MAX_ITEM_TERMS = 4096;
/** Words of a query beyond which the rest is left out: each costs the store a walk through its index. */
const MAX_QUERY_TERMS = 64;
/** Longer words count by their beginning. */
const MAX_TERM_LENGTH = 48;

/** Scripts that set no spaces between words. */
const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Bopo}`;
const WORD_CHARACTERS = String.raw`[\p{L}\p{N}\p{M}]`;
const WORDS = new RegExp(`(?<unspaced>[${WORD_CHARACTERS}&&[${UNSPACED}]]+)|[${WORD_CHARACTERS}--[${UNSPACED}]]+`, "gv");
const ASCII_WORDS = /[a-z0-9]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII, on purpose
const ASCII = /^[\x00-\x7f]*$/;
const ACCENTS = /[\u0300-\u036f]/g;

/**
 * The words of an item that search finds it by, in the order of the text, with repetitions. Letters lose case and accents. Scripts without
 * spaces give each character and each pair of neighbors.
 *
 * @returns at most 4,096 terms of at most 48 characters: letters, digits and marks only
 */
export function itemTerms(item: Item, columns: readonly SearchColumn[]): string[] {
  const terms: string[] = [];
  for (const column of columns) {
    for (const text of textsOf(item, column)) {
      addTerms(text, terms, true);
      if (terms.length >= MAX_ITEM_TERMS) return terms.slice(0, MAX_ITEM_TERMS);
    }
  }
  return terms;
}

/** The words of a query, each once, in the form of `itemTerms`; at most 64. Empty when it has none. */
export function queryTerms(query: string): string[] {
  const terms: string[] = [];
  addTerms(query, terms, false);
  return [...new Set(terms)].slice(0, MAX_QUERY_TERMS);
}

function* textsOf(item: Item, column: SearchColumn): Iterable<string> {
  if (column === "itemId") yield item.itemId;
  else if (column === "comment") yield item.comment;
  else if (column === "categories") yield* item.categories;
  else yield* labelTexts(below(item.labels, column.split(".").slice(1)));
}

function below(labels: JsonValue, path: readonly string[]): JsonValue {
  let value = labels;
  for (const key of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return null;
    value = (value as Readonly<Record<string, JsonValue>>)[key] ?? null;
  }
  return value;
}

function* labelTexts(value: JsonValue): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "number") yield String(value);
  else if (Array.isArray(value)) {
    if (!value.every((part) => typeof part === "number")) for (const part of value) yield* labelTexts(part);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* labelTexts(part);
  }
}

/** @param isIndexed whether single characters of scripts without spaces count beside pairs, so that a query of one finds them */
function addTerms(text: string, terms: string[], isIndexed: boolean): void {
  if (ASCII.test(text)) {
    for (const [word] of text.toLowerCase().matchAll(ASCII_WORDS)) terms.push(word.slice(0, MAX_TERM_LENGTH));
    return;
  }
  for (const { 0: word, groups } of fold(text).matchAll(WORDS)) {
    const characters = [...word];
    if (groups?.unspaced === undefined) {
      terms.push(characters.length > MAX_TERM_LENGTH ? characters.slice(0, MAX_TERM_LENGTH).join("") : word);
      continue;
    }
    for (const [position, character] of characters.entries()) {
      const previous = characters[position - 1];
      if (isIndexed || characters.length === 1) terms.push(character);
      if (previous !== undefined) terms.push(previous + character);
    }
  }
}

function fold(text: string): string {
  const plain = text.normalize("NFKD").replace(ACCENTS, "").normalize("NFKC");
  return plain.toLowerCase().replaceAll("ς", "σ");
}
