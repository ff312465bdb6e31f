import type { Point } from "./leaf.ts";
import type { Parameters } from "./parameters.ts";
import type { TrialRandom } from "./random.ts";
import type { Space } from "./space.ts";
import type { Direction, TrialView } from "./trial-record.ts";

/** What a sampler may look at. */
export interface SampleRequest {
  readonly space: Space<Parameters>;
  readonly direction: Direction;
  /** All trials so far, running ones too. */
  readonly trials: readonly TrialView[];
  /** Random numbers of the trial to come. */
  readonly random: TrialRandom;
}

/** Chooses where to look next. Make one with `randomSampler` or `tpeSampler`. */
export interface Sampler {
  /** @internal */
  sample(request: SampleRequest): Point;
}

/** Draws every parameter from its whole range, uniformly on its scale. */
export function randomSampler(): Sampler {
  return {
    sample({ space, random }) {
      const point: Record<string, number> = {};
      for (const leaf of space.leaves) if (space.isActive(leaf, point)) point[leaf.path] = leaf.fromUnit(random.next());
      return point;
    },
  };
}
