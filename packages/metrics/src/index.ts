export { auc } from "./auc.ts";
export { coverage, novelty } from "./catalog.ts";
export { evaluateRanking, type RankingInput, type RankingMetrics } from "./evaluate-ranking.ts";
export { hitRateAtK, mapAtK, ndcgAtK, precisionAtK, recallAtK } from "./ranking.ts";
