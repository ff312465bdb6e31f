import { UserItemMatrix } from "@furze/dataset";
import type { FitOptions } from "./fit-loop.ts";
import type { MatrixFactorizationKind, MatrixFactorizationModel } from "./model.ts";
import type { FactorizationOptions } from "./options.ts";

/** What the suite needs to know about a model class. */
export interface ModelSuite {
  readonly kind: MatrixFactorizationKind;
  readonly create: (options: FactorizationOptions) => {
    fit(matrix: UserItemMatrix, options?: FitOptions): Promise<MatrixFactorizationModel>;
  };
}

/** Users, and items, of the checkerboard. */
export const SIZE = 12;

/** Users like the items of their own parity, except for their own number. */
export function checkerboard(size: number = SIZE): UserItemMatrix {
  const rows = Array.from({ length: size }, (_, user) =>
    Array.from({ length: size / 2 }, (_, i) => 2 * i + (user % 2)).filter((item) => item !== user),
  );
  return UserItemMatrix.fromRows({ numItems: size, rows });
}

/** Held-out entries of the checkerboard. */
export function diagonal(size: number = SIZE): UserItemMatrix {
  return UserItemMatrix.fromRows({ numItems: size, rows: Array.from({ length: size }, (_, user) => [user]) });
}
