import { duration, flag, integer } from "./leaves.ts";
import { share } from "./number-leaf.ts";
import { type Section, section } from "./section.ts";
import { list, requiredText, script } from "./text-leaves.ts";
import type { DiversityConfig, ExploreConfig, ExternalConfig, ReplacementConfig } from "./types.ts";

export const external: Section<ExternalConfig> = section<ExternalConfig>({
  name: requiredText("name", { description: "Name of the recommender." }),
  script: script("script", {
    description: "JavaScript whose last expression is an array of item ids; it has user_id and a blocking fetch.",
  }),
  allowedHosts: list("allowed_hosts", { description: "Hosts that fetch may ask, with or without port.", default: [] }),
  timeLimitMs: duration("time_limit", { description: "Longest run for one user.", default: "5s", minimum: 1 }),
  memoryLimitMib: integer("memory_limit_mib", {
    description: "Most memory of one run in MiB; 16 are given at least.",
    default: 64,
    minimum: 1,
    maximum: 2048,
  }),
});

export const replacement: Section<ReplacementConfig> = section<ReplacementConfig>({
  enabled: flag("enable_replacement", { description: "Whether items that a user has seen come back.", default: false }),
  positiveDecay: share("positive_replacement_decay", {
    description: "What the place of an item that the user likes is worth, compared to a new one's.",
    default: 0.8,
    isZeroAllowed: false,
  }),
  readDecay: share("read_replacement_decay", {
    description: "The same for items that he has seen without liking them.",
    default: 0.6,
    isZeroAllowed: false,
  }),
});

export const explore: Section<ExploreConfig> = section<ExploreConfig>({
  recommender: requiredText("recommender", { description: "Recommender whose items are mixed in by chance." }),
  probability: share("probability", { description: "Share of the places that it gets.", default: 0.1, isZeroAllowed: true }),
});

export const diversity: Section<DiversityConfig> = section<DiversityConfig>({
  strength: share("strength", {
    description: "How much items that are alike are spread, from 0, not at all, to 1.",
    default: 0,
    isZeroAllowed: true,
  }),
});
