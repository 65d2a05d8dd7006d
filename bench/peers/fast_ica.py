"""scikit-learn's FastICA (parallel, logcosh, unit variance) on the representation: what one gets without the targets."""

import argparse
import warnings

import sklearn
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from peer_data import Stopwatch, add_data_arguments, data_from, mcc, report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_arguments(parser)
    parser.add_argument("--max-iter", type=int, default=1000)
    parser.add_argument("--tol", type=float, default=1e-4)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # reported as "converged" instead

    data = data_from(arguments)
    ica = FastICA(
        algorithm="parallel",
        fun="logcosh",
        whiten="unit-variance",
        max_iter=arguments.max_iter,
        tol=arguments.tol,
        random_state=arguments.seed,
    )
    with threadpool_limits(arguments.threads), Stopwatch() as watch:
        latents = ica.fit_transform(data["representation"])
    scores = mcc(latents, data["latents"]) if "latents" in data else {}
    report(
        "fast_ica",
        arguments,
        sklearn=sklearn.__version__,
        seconds=watch.wall,
        cpu_seconds=watch.cpu,
        iterations=ica.n_iter_,
        converged=ica.n_iter_ < arguments.max_iter,
        **scores,
    )


if __name__ == "__main__":
    main()
