"""Times implicit and irspack on MovieLens-1M and prints one JSON object per line, in the form of `pnpm bench --json`.

usage: rivals.py FOLDER_WITH_TRAIN_AND_TEST_TXT ROW [ROW...]
Rows: bpr-epoch als-epoch top-k mf-quality. Medians of several epochs or calls; processor seconds are those of all threads.
"""
import json
import resource
import statistics
import sys
import time

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from irspack import IALSRecommender


def read(folder):
    rows = {"train": [], "test": []}
    for part in rows:
        with open(f"{folder}/{part}.txt") as file:
            for line in file:
                user, *items = map(int, line.split())
                rows[part].append((user, items))
    known = {item: index for index, item in enumerate(sorted({i for part in rows.values() for _, its in part for i in its}))}
    users = max(user for user, _ in rows["train"]) + 1

    def matrix(part):
        us = [user for user, items in part for _ in items]
        its = [known[item] for _, items in part for item in items]
        return sp.csr_matrix((np.ones(len(us), dtype=np.float32), (us, its)), shape=(users, len(known)))

    return matrix(rows["train"]), matrix(rows["test"])


def emit(bench, params, samples, quality=None):
    print(json.dumps({
        "bench": bench,
        "params": params,
        "seconds": statistics.median(wall for wall, _ in samples),
        "cpuSeconds": statistics.median(cpu for _, cpu in samples),
        "peakRssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "quality": quality or {},
    }), flush=True)


def lap(work, repeats):
    samples = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        samples.append((time.perf_counter() - wall, time.process_time() - cpu))
    return samples


def quality(scores, train, test, k=20):
    scores = np.array(scores, dtype=np.float32)
    scores[train.nonzero()] = -np.inf
    top = np.argpartition(-scores, k, axis=1)[:, :k]
    order = np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), 1), 1)
    hits = np.take_along_axis(test.toarray(), order, 1) > 0
    relevant = np.minimum(np.asarray(test.sum(1)).ravel(), k)
    seen = relevant > 0
    gains = 1 / np.log2(np.arange(k) + 2)
    ideal = np.cumsum(gains)[np.maximum(relevant, 1).astype(int) - 1]
    ndcg = (hits * gains).sum(1) / ideal
    recall = hits.sum(1) / np.maximum(np.asarray(test.sum(1)).ravel(), 1)
    return {"ndcg20": float(ndcg[seen].mean()), "recall20": float(recall[seen].mean())}


def epochs(model, data, count=6):
    """Seconds of single epochs: fits of one epoch each that go on with the factors of the one before."""
    model.iterations = 1
    samples = lap(lambda: model.fit(data, show_progress=False), count)
    return samples[1:]


def main(folder, names):
    train, test = read(folder)
    for threads in (1, 2):
        if "bpr-epoch" in names:
            model = BayesianPersonalizedRanking(factors=16, num_threads=threads)
            emit("bpr-epoch", {"rival": "implicit", "entries": train.nnz, "numFactors": 16, "threads": threads}, epochs(model, train))
        if "als-epoch" in names:
            for factors in (16, 64, 128):
                model = AlternatingLeastSquares(factors=factors, num_threads=threads, use_cg=factors > 16)
                emit("als-epoch", {"rival": "implicit", "entries": train.nnz, "numFactors": factors, "threads": threads}, epochs(model, train, 4))
        if "top-k" in names:
            model = AlternatingLeastSquares(factors=16, num_threads=threads, iterations=4)
            model.fit(train, show_progress=False)
            users = np.arange(train.shape[0])
            calls = lap(lambda: model.recommend(users, train, N=100, filter_already_liked_items=True), 5)
            emit("top-k", {"rival": "implicit", "users": len(users), "limit": 100, "numFactors": 16, "threads": threads}, calls)
    if "mf-quality" in names:
        ials = IALSRecommender(train.astype(np.float64), n_components=128, alpha0=0.3, reg=0.007, train_epochs=16, n_threads=2)
        fit = lap(ials.learn, 1)
        emit("mf-quality", {"rival": "irspack", "model": "ials", "numFactors": 128}, fit, quality(ials.get_score(np.arange(train.shape[0])), train, test))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
