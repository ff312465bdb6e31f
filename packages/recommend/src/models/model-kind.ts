/** A model in memory. */
export interface HeldModel {
  /** Unique among all models of all kinds. */
  readonly modelId: string;
}

/** How the files of one kind of model become models. */
export interface ModelKind<Model extends HeldModel> {
  /** What the model does, such as `collaborative`: as in the references to its files. */
  readonly name: string;
  /** @throws {InvalidModelFileError} if the file is damaged or another one */
  decode(bytes: Uint8Array): Model;
  /** Gives the model's memory back. */
  dispose(model: Model): void;
}
