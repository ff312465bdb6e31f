import { InvalidModelFileError, type ModelFile } from "@furze/model-file";

/** The id that a model file carries beside its model. @throws {InvalidModelFileError} if there is none */
export function modelIdOf({ header }: ModelFile): string {
  const extra = (header as { readonly extra?: { readonly modelId?: unknown } | null } | null)?.extra;
  if (typeof extra?.modelId !== "string")
    throw new InvalidModelFileError("header", "the file is no model of a pipeline: it has no model id");
  return extra.modelId;
}
