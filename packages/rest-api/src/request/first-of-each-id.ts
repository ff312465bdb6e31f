/** Rows without those whose id came before: of duplicates in one request Gorse stores the first. */
export function firstOfEachId<Row>(rows: readonly Row[], idOf: (row: Row) => string): readonly Row[] {
  const seen = new Set(rows.map(idOf));
  if (seen.size === rows.length) return rows;
  return rows.filter((row) => seen.delete(idOf(row)));
}
