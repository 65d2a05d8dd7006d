"""scikit-learn's CCA of two sets of latents of the same rows: the weak MCC as the released code of the paper takes it."""

import argparse
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cross_decomposition import CCA
from threadpoolctl import threadpool_limits

from peer_data import Stopwatch, report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of left.npy and right.npy, rows x latents")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    left, right = (np.load(Path(arguments.data) / f"{name}.npy") for name in ("left", "right"))

    latents = left.shape[1]
    with threadpool_limits(arguments.threads), Stopwatch() as watch:
        a, b = CCA(n_components=latents, max_iter=1000).fit_transform(left, right)
        weak = np.mean([abs(np.corrcoef(a[:, k], b[:, k])[0, 1]) for k in range(latents)])
    report("cca", arguments, sklearn=sklearn.__version__, seconds=watch.wall, cpu_seconds=watch.cpu, weak_mcc=weak)


if __name__ == "__main__":
    main()
