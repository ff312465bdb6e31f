/** Regroups bytes into pieces of `chunkBytes`, the last one shorter; each piece is a buffer of its own. */
export async function* rechunk(source: AsyncIterable<Uint8Array>, chunkBytes: number): AsyncGenerator<Uint8Array, void> {
  let chunk = new Uint8Array(chunkBytes);
  let filled = 0;
  for await (const bytes of source) {
    let offset = 0;
    while (offset < bytes.length) {
      const count = Math.min(chunkBytes - filled, bytes.length - offset);
      chunk.set(bytes.subarray(offset, offset + count), filled);
      offset += count;
      filled += count;
      if (filled < chunkBytes) continue;
      yield chunk;
      chunk = new Uint8Array(chunkBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
