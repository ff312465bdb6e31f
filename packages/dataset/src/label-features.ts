/**
 * Calls back with the name of every tag in a labels value: a string at path `.a.b` gives `.a.b:text`, at the root `:text`;
 * a list gives the tags of its elements under its own path; an object those of its members under theirs.
 * Numbers, booleans and null are not tags and pass silently, wherever they stand; so do missing values.
 */
export function forEachLabelFeature(labels: unknown, visit: (name: string) => void, path = ""): void {
  if (typeof labels === "string") {
    visit(`${path}:${labels}`);
  } else if (Array.isArray(labels)) {
    for (const element of labels) forEachLabelFeature(element, visit, path);
  } else if (typeof labels === "object" && labels !== null) {
    for (const key of Object.keys(labels))
      forEachLabelFeature((labels as Record<string, unknown>)[key], visit, `${path}.${key}`);
  }
}
