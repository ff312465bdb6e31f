import type { CandidateList, MergedCandidate } from "./candidate-list.ts";
import type { Candidates } from "./candidates.ts";
import { ItemMarks } from "./item-marks.ts";

/** What one generator proposes to one user. */
export interface CandidateSource {
  readonly name: string;
  readonly modelId: string;
  readonly candidates: Candidates;
}

/** Which items stand in the list that is being merged; one table for all lists, as one is merged after another. */
const marks = new ItemMarks();
/** Where each of them stands. */
let places = new Int32Array(0);

/**
 * Joins candidates in the order of the generators: scores of different generators do not compare, so the first one's items
 * lead, the next one's new items follow, and so on.
 *
 * @param names of the proposers; lists that share it share their arrays of names
 * @returns at most `limit` items, each once
 * Cost: O(candidates); memory 16 bytes a candidate.
 */
export function mergeCandidates(
  sources: readonly CandidateSource[],
  limit: number,
  names: ProposerNames = new ProposerNames(sources),
): CandidateList {
  const count = sources.reduce((sum, { candidates }) => sum + candidates.items.length, 0);
  const room = Math.min(count, limit);
  const items = new Int32Array(room);
  const scores = new Float32Array(room);
  /** Bit `s` is set where source `s` proposes the item; exact for up to 53 sources. */
  const proposers = new Float64Array(room);
  let size = 0;
  marks.begin();
  for (let source = 0; source < sources.length; source++) {
    const { candidates } = sources[source] as CandidateSource;
    const bit = 2 ** source;
    for (let at = 0; at < candidates.items.length; at++) {
      const index = candidates.items[at] as number;
      if (marks.has(index)) {
        const place = places[index] as number;
        // A source that names an item twice counts once: its own bit is the highest so far.
        if ((proposers[place] as number) < bit) proposers[place] = (proposers[place] as number) + bit;
      } else if (size < room) {
        marks.add(index);
        setPlace(index, size);
        items[size] = index;
        scores[size] = candidates.scores[at] as number;
        proposers[size++] = bit;
      }
    }
  }
  return new MergedList(sources, names, { items: items.subarray(0, size), scores, proposers });
}

/** Names of those who propose an item, by the sum of their bits: few combinations serve all items, and readers profit from shared arrays. */
export class ProposerNames {
  readonly #names: readonly string[];
  readonly #known = new Map<number, readonly string[]>();

  /** @param sources in the order of their bits */
  constructor(sources: readonly { readonly name: string }[]) {
    this.#names = sources.map(({ name }) => name);
  }

  of(proposers: number): readonly string[] {
    const known = this.#known.get(proposers);
    if (known !== undefined) return known;
    const names = this.#names.filter((_, source) => Math.floor(proposers / 2 ** source) % 2 === 1);
    this.#known.set(proposers, names);
    return names;
  }
}

class MergedList implements CandidateList {
  readonly items: Int32Array;
  readonly #scores: Float32Array;
  readonly #proposers: Float64Array;
  readonly #sources: readonly CandidateSource[];
  readonly #names: ProposerNames;

  constructor(
    sources: readonly CandidateSource[],
    names: ProposerNames,
    columns: { readonly items: Int32Array; readonly scores: Float32Array; readonly proposers: Float64Array },
  ) {
    this.items = columns.items;
    this.#scores = columns.scores;
    this.#proposers = columns.proposers;
    this.#sources = sources;
    this.#names = names;
  }

  at(place: number): MergedCandidate {
    const proposers = this.#proposers[place] as number;
    let first = 0;
    while (Math.floor(proposers / 2 ** first) % 2 === 0) first++;
    return {
      index: this.items[place] as number,
      score: this.#scores[place] as number,
      sources: this.#names.of(proposers),
      modelId: this.#sources[first]?.modelId ?? "",
    };
  }
}

function setPlace(index: number, place: number): void {
  if (index >= places.length) {
    const grown = new Int32Array(Math.max(index + 1, 2 * places.length));
    grown.set(places);
    places = grown;
  }
  places[index] = place;
}
