import fc from "fast-check";
import { expect, it } from "vitest";
import { rechunk } from "./rechunk.ts";

it("keeps the bytes and fills every chunk but the last", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 30 }), async (source, chunkBytes) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of rechunk(iterate(source), chunkBytes)) chunks.push(chunk);
      expect(Buffer.concat(chunks)).toEqual(Buffer.concat(source));
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === chunkBytes)).toBe(true);
      expect(chunks.every((chunk) => chunk.length > 0 && chunk.length <= chunkBytes)).toBe(true);
    }),
  );
});

async function* iterate(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
