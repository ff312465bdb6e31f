import { FurzeError } from "@furze/core";

/** The parameters stopped being finite numbers: the learning rate is too high for the data, or its values are too large. */
export class TrainingDivergedError extends FurzeError {
  /** Epoch, counted from 1, after which it was noticed. */
  readonly epoch: number;

  constructor(epoch: number) {
    super(
      "INVALID_ARGUMENT",
      `training diverged in epoch ${epoch}: the parameters are not finite any more; lower the learning rate or scale the values`,
    );
    this.epoch = epoch;
  }
}
