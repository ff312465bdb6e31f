// Every kernel family is one file beside this one; export its functions here and they are callable by name.
export { alsRows } from "./als";
export { alsPredictions, alsSubspaceRows, packBlock } from "./als-subspace";
export { bprSamples, bprScratch } from "./bpr";
export { countVisits } from "./count-visits";
export { fmPool } from "./fm-embeddings";
export { fmPredict, fmScores, fmVectors } from "./fm-scores";
export { fmTrain } from "./fm";
export { gramPanels, gramPartial, gramReduce } from "./gram";
export { fillFilters } from "./membership";
export { hnswBeamBytes, hnswInsert, hnswSearch } from "./hnsw";
export { shuffle } from "./shuffle";
export { scanNeighbors, scanScratch } from "./scan-neighbors";
export { sparseNeighbors } from "./sparse-neighbors";
export { solveSymmetric } from "./solve-symmetric";
export { addEntries, solveCholesky } from "./solve";
export { topItems, topItemsOfOne, topItemsOfOneScratch, topItemsScratch } from "./top-k";
export { axpy, countNonFinite, dot } from "./vector";
