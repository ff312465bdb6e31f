import type { ConfigProblem } from "../config-error.ts";
import { configKeys } from "../keys.ts";
import { dropDormantKeys } from "./dormant-keys.ts";
import { Rewriter } from "./rewriter.ts";
import { isVersion04, translateV04 } from "./translate-v04.ts";

export interface Translation {
  readonly raw: Readonly<Record<string, unknown>>;
  /** What became of old keys, and which have no effect. */
  readonly notes: readonly ConfigProblem[];
  readonly problems: readonly ConfigProblem[];
  /** Key of the file by the key that has its value now, both dotted. */
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * Turns what Gorse writes otherwise into Furze's keys: those of v0.4, and those that need no or have no counterpart.
 *
 * @param raw values of a file with keys in lower case; changed in place
 */
export function translateGorse(raw: Record<string, unknown>): Translation {
  const rewriter = new Rewriter(raw);
  if (isVersion04(rewriter)) translateV04(rewriter);
  dropDormantKeys(rewriter, new Set(configKeys().map((key) => key.path.replaceAll("[]", ""))));
  dirtyReads(rewriter);
  const { notes, problems, origins } = rewriter;
  return { raw: rewriter.raw, notes, problems, origins };
}

/** The default of Gorse, where reads may see what is rolled back later. */
function dirtyReads(rewriter: Rewriter): void {
  const path = "database.mysql.isolation_level";
  if (rewriter.get(path) !== "READ-UNCOMMITTED") return;
  rewriter.take(path);
  rewriter.give(path, "READ-COMMITTED", path);
  rewriter.note(path, "is now READ-COMMITTED: READ-UNCOMMITTED would show writes that are not finished");
}
