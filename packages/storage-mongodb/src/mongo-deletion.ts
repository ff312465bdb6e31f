import type { CallOptions } from "@furze/core";
import type { Collection } from "mongodb";
import { chunkList } from "./chunk-list.ts";
import type { FeedbackDocument } from "./mongo-data-schema.ts";
import { filterOf, ID_CHUNK } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";
import type { MongoRow } from "./write-unit.ts";

export interface EntityDeletion<Document extends MongoRow> {
  readonly entities: Collection<Document>;
  readonly feedback: Collection<FeedbackDocument>;
  /** Field of the feedback that names the entity. */
  readonly field: "userId" | "itemId";
  readonly ids: readonly string[];
}

/**
 * Deletes users or items, their feedback first: a call that breaks off leaves entities without feedback, never feedback of nobody.
 *
 * @returns number that existed
 */
export async function deleteEntities<Document extends MongoRow>(
  session: MongoSession,
  { entities, feedback, field, ids }: EntityDeletion<Document>,
  options: CallOptions | undefined,
): Promise<number> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return 0;
  const again = { isRepeatable: true };
  return session.write(
    async (unit) => {
      let existed = 0;
      for (const chunk of chunkList(unique, ID_CHUNK)) {
        await unit.change((inUnit) => feedback.deleteMany(filterOf({ [field]: { $in: chunk } }), inUnit), again);
        const filter = filterOf<Document>({ _id: { $in: chunk } });
        existed += (await unit.change((inUnit) => entities.deleteMany(filter, inUnit), again)).deletedCount;
      }
      return existed;
    },
    { ...options, isRepeatable: true },
  );
}
