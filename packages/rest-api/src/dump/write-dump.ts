import { encodeFeedback, encodeItem, encodeUser } from "@furze/protocol/dump";
import type { DataStore } from "@furze/storage";
import { piecesOf } from "../bulk/file-stream.ts";
import { encodeNumber, SECTIONS } from "./frames.ts";

/** All users, items and feedback, those of the future too, as the pieces of a dump. Rows that change meanwhile may be in it or not. */
export async function* writeDump({ users, items, feedback }: DataStore): AsyncGenerator<Uint8Array> {
  yield encodeNumber(SECTIONS.users);
  yield* piecesOf(users.scan(), records(encodeUser));
  yield encodeNumber(SECTIONS.items);
  yield* piecesOf(items.scan(), records(encodeItem));
  yield encodeNumber(SECTIONS.feedback);
  yield* piecesOf(feedback.scan({ order: "user" }), records(encodeFeedback));
  yield encodeNumber(SECTIONS.end);
}

function records<Row>(encode: (row: Row) => Uint8Array): (rows: readonly Row[]) => Uint8Array {
  return (rows) =>
    Buffer.concat(
      rows.flatMap((row) => {
        const bytes = encode(row);
        return [encodeNumber(bytes.length), bytes];
      }),
    );
}
