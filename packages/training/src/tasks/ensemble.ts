import type { CallOptions } from "@furze/core";
import { UserItemMatrix } from "@furze/dataset";
import { Als, Bpr, type MatrixFactorizationModel } from "@furze/matrix-factorization";
import type { EnsembleModelOptions } from "@furze/recommend";
import { type FactorParameters, factorModel } from "../search/factor-parameters.ts";

export interface FitEnsembleOptions extends CallOptions {
  readonly matrix: UserItemMatrix;
  readonly ensemble: readonly EnsembleModelOptions[];
  /** Parameters that a search has found; models of the same type take them, but for the number of factors. Default: none. */
  readonly tuned?: FactorParameters | undefined;
}

/** Factor models by name; disposing of it disposes of them. */
export class FactorEnsemble extends Map<string, MatrixFactorizationModel> implements Disposable {
  [Symbol.dispose](): void {
    for (const model of this.values()) model.dispose();
  }
}

/**
 * Fits the factor models beside the main one, each for the epochs of its parameters: how much one counts is decided by the weights of
 * fusion, so nothing is held out here to judge it by.
 *
 * @throws {InvalidDatasetError} if the matrix has no positive entry
 * @throws {AbortError} if the signal is aborted; nothing is kept then
 * Cost: that of the fits, one after the other, since each uses all threads.
 */
export async function fitEnsemble({ matrix, ensemble, tuned, signal }: FitEnsembleOptions): Promise<FactorEnsemble> {
  const fitted = new FactorEnsemble();
  try {
    for (const { name, type, numFactors, debiasing = 0 } of ensemble) {
      const entries = debiasing === 0 ? matrix : debiased(matrix, debiasing);
      fitted.set(name, await fitterOf({ type, numFactors }, tuned).fit(entries, { signal }));
    }
    return fitted;
  } catch (error) {
    fitted[Symbol.dispose]();
    throw error;
  }
}

function fitterOf(
  { type, numFactors }: Pick<EnsembleModelOptions, "type" | "numFactors">,
  tuned?: FactorParameters,
): Als | Bpr {
  if (tuned?.kind === type) return factorModel({ ...tuned, numFactors });
  return type === "als" ? new Als({ numFactors }) : new Bpr({ numFactors });
}

/**
 * The same entries with weights: an entry counts (entries of its user * entries of its item) ** -exponent, in proportion. The sum of
 * all weights stays, so that penalties keep their meaning.
 */
export function debiased(matrix: UserItemMatrix, exponent: number): UserItemMatrix {
  const { numUsers, numItems, userOffsets, itemOffsets, itemIndices, timestampsMs } = matrix;
  const numEntries = (offsets: Int32Array, row: number): number => (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  const values = new Float32Array(itemIndices.length);
  let before = 0;
  let sum = 0;
  for (let user = 0, place = 0; user < numUsers; user++) {
    const activity = numEntries(userOffsets, user);
    for (const end = userOffsets[user + 1] ?? 0; place < end; place++) {
      const popularity = numEntries(itemOffsets, itemIndices[place] ?? 0);
      const value = matrix.values?.[place] ?? 1;
      values[place] = value * (activity * popularity) ** -exponent;
      before += value;
      sum += values[place] ?? 0;
    }
  }
  if (sum === 0) return matrix;
  const scale = before / sum;
  return UserItemMatrix.fromCsr({
    ...{ numUsers, numItems, userOffsets, itemIndices, timestampsMs },
    values: values.map((value) => value * scale),
  });
}
