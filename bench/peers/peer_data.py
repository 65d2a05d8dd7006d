"""Data, scores and timing shared by the peer benchmarks: what every peer is given, and how every peer is judged."""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata


def load(folder):
    """The arrays of a folder of .npy files by name: representation (rows x d) or features (rows x p), target (rows),
    task (rows) and, where truth is known, latents (rows x d), causal (tasks x d), mixing (d x d)."""
    arrays = {path.stem: np.load(path) for path in sorted(Path(folder).glob("*.npy"))}
    return {**arrays, "task": arrays["task"].astype(np.int64)}


def file_arguments(description):
    """What a peer that loads one file is told: the file, and what every peer is told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", required=True, help="the file")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def generate(latent_dim, causal, tasks, rows, seed, sigma_s=0.1, sigma_obs=0.01):
    """Linearly mixed latents as in Algorithm 1 of Chen et al. 2024: random mixing, latents standardised per task."""
    random = np.random.default_rng(seed)
    latents, targets, indicators = [], [], []
    for _ in range(tasks):
        is_cause = np.zeros(latent_dim, bool)
        is_cause[random.choice(latent_dim, causal, replace=False)] = True
        z = np.empty((rows, latent_dim))
        z[:, is_cause] = random.standard_normal((rows, causal))
        weights, sigma = random.standard_normal(causal), random.uniform(2, 3)
        y = z[:, is_cause] @ weights + sigma * random.standard_normal(rows)
        gamma = random.uniform(-1, 1, latent_dim - causal)
        z[:, ~is_cause] = np.outer(y, gamma) + sigma_s * random.standard_normal((rows, latent_dim - causal))
        latents.append((z - z.mean(0)) / z.std(0))
        targets.append(y)
        indicators.append(is_cause)
    z = np.concatenate(latents)
    mixing = random.standard_normal((latent_dim, latent_dim))
    return {
        "representation": z @ mixing.T + sigma_obs * random.standard_normal(z.shape),
        "target": np.concatenate(targets),
        "task": np.repeat(np.arange(tasks), rows),
        "latents": z,
        "causal": np.array(indicators, float),
        "mixing": mixing,
    }


def pearson_mcc(estimate, truth):
    """Pooled strong mean correlation coefficient under the best one-to-one matching."""
    d = estimate.shape[1]
    correlation = np.abs(np.corrcoef(estimate, truth, rowvar=False)[:d, d:])
    return float(correlation[linear_sum_assignment(-correlation)].mean())


def mcc(estimate, truth):
    """The same of the values (Pearson) and of their ranks (Spearman)."""
    ranks = [np.apply_along_axis(rankdata, 0, x) for x in (estimate, truth)]
    return {"mcc_pooled_pearson": pearson_mcc(estimate, truth), "mcc_pooled_spearman": pearson_mcc(*ranks)}


class Stopwatch:
    """Wall and processor seconds of a `with` block; processor seconds are the fairer figure on a shared machine."""

    def __enter__(self):
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu


def add_data_arguments(parser, latent_dim=5, causal=2, tasks=200, rows=100):
    """--data FOLDER, or the size and seed of data to generate."""
    parser.add_argument("--data", help="folder of .npy files; without it, data are generated")
    parser.add_argument("--latent-dim", type=int, default=latent_dim)
    parser.add_argument("--causal", type=int, default=causal)
    parser.add_argument("--tasks", type=int, default=tasks)
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)


def data_from(arguments):
    """What `add_data_arguments` asked for."""
    if arguments.data:
        return load(arguments.data)
    return generate(arguments.latent_dim, arguments.causal, arguments.tasks, arguments.rows, arguments.seed)


def report(peer, arguments, **figures):
    """Prints the one line of JSON that a benchmark consists of."""
    origin = arguments.data or "generated"
    settings = {"python": platform.python_version(), "numpy": np.__version__, "threads": arguments.threads}
    print(json.dumps({"peer": peer, "data": origin, "seed": arguments.seed, **settings, **figures}))
