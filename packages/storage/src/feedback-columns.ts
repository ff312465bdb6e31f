import type { Feedback, FeedbackType } from "@furze/core";

/** Texts one behind the other: text `i` is the UTF-8 in `bytes[offsets[i] .. offsets[i + 1])`. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  /** One more than there are texts, ascending, the first 0. */
  readonly offsets: Uint32Array;
}

/**
 * Rows of feedback as columns, for those who read very many: no object a row, no string an id. List `i` of what was asked for has the rows
 * `rowOffsets[i]` to `rowOffsets[i + 1]`, the latter not included. Comments are left out.
 */
export interface FeedbackColumns {
  /** One more than there are lists. */
  readonly rowOffsets: Uint32Array;
  readonly itemIds: PackedTexts;
  /** Each type that occurs, once. */
  readonly feedbackTypes: readonly FeedbackType[];
  /** Place of each row's type in `feedbackTypes`. */
  readonly typeIndices: Uint32Array;
  readonly values: Float64Array;
  /** UTC milliseconds. */
  readonly timestampsMs: Float64Array;
  /** UTC milliseconds. */
  readonly updatedMs: Float64Array;
}

/** What of a row becomes a column. */
export type PackableFeedback = Omit<Feedback, "userId" | "comment">;

/** The columns of lists of rows, in their order: for stores whose server gives rows anyway. Cost: O(rows). */
export function packFeedback(lists: readonly (readonly PackableFeedback[])[]): FeedbackColumns {
  const rowOffsets = new Uint32Array(lists.length + 1);
  for (const [place, list] of lists.entries()) rowOffsets[place + 1] = (rowOffsets[place] ?? 0) + list.length;
  const numRows = rowOffsets[lists.length] ?? 0;
  const types = new Map<FeedbackType, number>();
  // One piece of memory for all of them: for the rows of a single user, asking for it takes longer than writing to it.
  const buffer = new ArrayBuffer(numRows * (3 * Float64Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT));
  const values = new Float64Array(buffer, 0, numRows);
  const timestampsMs = new Float64Array(buffer, values.byteLength, numRows);
  const updatedMs = new Float64Array(buffer, 2 * values.byteLength, numRows);
  const typeIndices = new Uint32Array(buffer, 3 * values.byteLength, numRows);
  const itemIds: string[] = [];
  for (const list of lists) {
    for (const row of list) {
      const at = itemIds.length;
      itemIds.push(row.itemId);
      typeIndices[at] = placeOf(types, row.feedbackType);
      values[at] = row.value;
      timestampsMs[at] = row.timestampMs;
      updatedMs[at] = row.updatedMs;
    }
  }
  return {
    rowOffsets,
    itemIds: packTexts(itemIds),
    feedbackTypes: [...types.keys()],
    typeIndices,
    values,
    timestampsMs,
    updatedMs,
  };
}

function placeOf(types: Map<FeedbackType, number>, type: FeedbackType): number {
  const place = types.get(type) ?? types.size;
  if (place === types.size) types.set(type, place);
  return place;
}

function packTexts(texts: readonly string[]): PackedTexts {
  const all = texts.join("");
  const bytes = Buffer.from(all);
  const isAscii = bytes.length === all.length;
  const offsets = new Uint32Array(texts.length + 1);
  let end = 0;
  for (const [place, text] of texts.entries()) {
    end += isAscii ? text.length : Buffer.byteLength(text);
    offsets[place + 1] = end;
  }
  return { bytes, offsets };
}
