import type { CallOptions, Progress } from "@furze/core";
import type { RestClient } from "../rest/rest-client.ts";
import type { ImportPart, PartName } from "./sources.ts";

export interface ImporterOptions extends CallOptions {
  /** Requests under way at once. Default 2. */
  readonly concurrency?: number | undefined;
  /** Rows stored of one kind so far; `total` is 0, as nobody has counted them. */
  readonly onProgress?: ((part: PartName, progress: Progress) => void) | undefined;
}

/** Rows that a server has confirmed. */
export type ImportedRows = Readonly<Record<PartName, number>>;

/** An import ended early. What `imported` counts is stored and stays. */
export class ImportStoppedError extends Error {
  override readonly name = "ImportStoppedError";
  readonly imported: ImportedRows;

  constructor(imported: ImportedRows, cause: unknown) {
    super("The import was stopped.", { cause });
    this.imported = imported;
  }
}

/**
 * Sends all rows to a server, kind after kind: feedback begins when items and users are stored.
 * At the first error nothing more is read; what is under way is waited for, so that the count is true.
 *
 * @throws {ImportStoppedError} with the error as its cause
 * Memory: `concurrency + 1` batches.
 */
export async function importParts(
  parts: readonly ImportPart[],
  client: RestClient,
  options: ImporterOptions = {},
): Promise<ImportedRows> {
  const imported: Record<PartName, number> = { items: 0, users: 0, feedback: 0 };
  for (const part of parts) {
    const count = (rows: number) => {
      imported[part.name] += rows;
      options.onProgress?.(part.name, { done: imported[part.name], total: 0 });
    };
    try {
      await importPart(part, client, options, count);
    } catch (error) {
      throw new ImportStoppedError(imported, error);
    }
  }
  return imported;
}

async function importPart(
  part: ImportPart,
  client: RestClient,
  { signal, concurrency = 2 }: ImporterOptions,
  onStored: (rows: number) => void,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const batch of part.batches) {
      signal?.throwIfAborted();
      const sent = batch
        .send(client, { signal })
        .then(
          () => onStored(batch.size),
          (error: unknown) => {
            failure ??= { error };
          },
        )
        .finally(() => underWay.delete(sent));
      underWay.add(sent);
      if (underWay.size >= concurrency) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure !== undefined) throw failure.error;
}
