import { type FeatureTable, forEachLabelFeature, IdDictionary } from "@furze/dataset";
import type { FeatureList, FeatureRows } from "./feature-rows.ts";
import { forEachLabelNumber, type NumberRows } from "./label-values.ts";
import { learnScale, type NumberScale, scaled } from "./number-scale.ts";

/** A label becomes a feature from its second holder on: what one user or item alone has, its own feature says as well. */
const MIN_HOLDERS = 2;

/** What the features of a side are: one per id, one per tag, one per numeric label, in this order. */
export interface FeatureSideParts {
  readonly ids: IdDictionary;
  readonly tags: IdDictionary;
  readonly numbers: readonly NumberScale[];
}

/** A user or an item as a side sees it. */
export interface Described {
  /** Default: unknown. */
  readonly id?: string | undefined;
  /** Labels as in the records of users and items. Default: none. */
  readonly labels?: unknown;
}

/** The features of users, or of items. Indices start at 0; the feature space moves them to their place. */
export class FeatureSide implements FeatureSideParts {
  readonly ids: IdDictionary;
  readonly tags: IdDictionary;
  readonly numbers: readonly NumberScale[];
  readonly #numberIndices: ReadonlyMap<string, number>;

  constructor({ ids, tags, numbers }: FeatureSideParts) {
    this.ids = ids;
    this.tags = tags;
    this.numbers = numbers;
    this.#numberIndices = new Map(numbers.map(({ name }, index) => [name, index]));
  }

  get numFeatures(): number {
    return this.ids.size + this.tags.size + this.numbers.length;
  }

  /** Features of someone known or not: unknown ids and labels are passed over. */
  featuresOf({ id, labels }: Described): FeatureList {
    const features = new Map<number, number>();
    const index = id === undefined ? -1 : this.ids.indexOf(id);
    if (index >= 0) features.set(index, 1);
    forEachLabelFeature(labels, (name) => {
      const tag = this.tags.indexOf(name);
      if (tag >= 0) features.set(this.ids.size + tag, 1);
    });
    forEachLabelNumber(labels, (name, value) => {
      const column = this.#numberIndices.get(name);
      const scale = column === undefined ? undefined : this.numbers[column];
      if (column !== undefined && scale !== undefined)
        features.set(this.ids.size + this.tags.size + column, scaled(scale, value));
    });
    return { indices: [...features.keys()], values: [...features.values()] };
  }
}

/** Builds a side and the features of its rows from what a data set knows. */
export function buildSide(
  ids: IdDictionary,
  labels: FeatureTable,
  collected: NumberRows | undefined,
): { side: FeatureSide; rows: FeatureRows } {
  const tags = new IdDictionary();
  const newTags = new Int32Array(labels.numFeatures).fill(-1);
  for (let tag = 0; tag < labels.numFeatures; tag++) {
    const frequency = labels.features.frequency(tag);
    if (frequency >= MIN_HOLDERS) newTags[tag] = tags.add(labels.features.idOf(tag), frequency);
  }
  const { numbers, columns, rowOf } = learnNumbers(ids, collected);
  const side = new FeatureSide({ ids, tags, numbers });
  const offsets = new Int32Array(ids.size + 1);
  const capacity = ids.size + labels.numEntries + (numbers.length === 0 ? 0 : (collected?.numValues ?? 0));
  const indices = new Int32Array(capacity);
  const values = numbers.length === 0 ? undefined : new Float32Array(capacity);
  let length = 0;
  const append = (feature: number, value: number): void => {
    indices[length] = feature;
    if (values !== undefined) values[length] = value;
    length++;
  };
  for (let row = 0; row < ids.size; row++) {
    append(row, 1);
    for (const tag of labels.row(row)) if (newTags[tag] !== -1) append(ids.size + (newTags[tag] ?? 0), 1);
    const source = rowOf[row] ?? -1;
    if (source >= 0) {
      collected?.forEach(source, (column, number) => {
        const kept = columns[column] ?? -1;
        const scale = numbers[kept];
        if (scale !== undefined) append(ids.size + tags.size + kept, scaled(scale, number));
      });
    }
    offsets[row + 1] = length;
  }
  const rows = {
    numFeatures: side.numFeatures,
    offsets,
    indices: indices.slice(0, length),
    values: values?.slice(0, length),
  };
  return { side, rows };
}

/** The scales of numeric labels, the scale of each collected column (-1 for none), and the collected row of each id (-1 for none). */
function learnNumbers(
  ids: IdDictionary,
  collected: NumberRows | undefined,
): { numbers: NumberScale[]; columns: Int32Array; rowOf: Int32Array } {
  const rowOf = new Int32Array(ids.size).fill(-1);
  if (collected === undefined) return { numbers: [], columns: new Int32Array(0), rowOf };
  const found: number[][] = collected.names.map(() => []);
  for (const [row, id] of collected.ids.entries()) {
    const index = ids.indexOf(id);
    // The first row of an id counts, as in the data set; ids that the data set left out do not.
    if (index < 0 || rowOf[index] !== -1) continue;
    rowOf[index] = row;
    collected.forEach(row, (column, value) => void found[column]?.push(value));
  }
  const columns = new Int32Array(found.length).fill(-1);
  const numbers: NumberScale[] = [];
  for (const [column, values] of found.entries()) {
    if (values.length < MIN_HOLDERS) continue;
    columns[column] = numbers.length;
    numbers.push(learnScale(collected.names[column] ?? "", values));
  }
  return { numbers, columns, rowOf };
}
