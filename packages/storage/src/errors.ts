import { FurzeError } from "@furze/core";

/** The schema in the store was written by a newer release than this one. */
export class SchemaTooNewError extends FurzeError {
  readonly found: number;
  readonly supported: number;

  constructor(found: number, supported: number) {
    super(
      "SCHEMA_TOO_NEW",
      `The store has schema version ${found}, this release knows versions up to ${supported}: start the release that wrote it, or a newer one.`,
    );
    this.found = found;
    this.supported = supported;
  }
}
