import { FurzeError } from "@furze/core";

/** The factors stopped being finite numbers: the learning rate is too high for the data. */
export class TrainingDivergedError extends FurzeError {
  /** Epoch, counted from 1, after which it was noticed. */
  readonly epoch: number;

  constructor(epoch: number) {
    super(
      "INVALID_ARGUMENT",
      `training diverged in epoch ${epoch}: the factors are not finite any more; lower the learning rate`,
    );
    this.epoch = epoch;
  }
}
