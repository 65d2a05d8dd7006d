"""Classical joint approximate diagonalisation (Pham 2001, SIAM J. Matrix Anal. Appl. 22(4)) of the covariances of the
representation given the target, in NumPy: sweeps over pairs of rows of B, each pair transformed at once in all tasks.

    L(B) = -log|det B| + sum_t pi_t sum_j 1/2 log (B R_t B')_jj ,   R_t = S_t - s_t s_t' / q_t
"""

import argparse

import numpy as np
from threadpoolctl import threadpool_limits

from peer_data import Stopwatch, add_data_arguments, data_from, mcc, report


def conditional_covariances(h, y, task):
    """R_t (tasks x d x d) and the shares of rows pi_t: covariances of h within task t after regression on y."""
    covariances, sizes = [], []
    for t in range(task.max() + 1):
        rows = task == t
        h_t, y_t = h[rows] - h[rows].mean(0), y[rows] - y[rows].mean()
        residual = h_t - np.outer(y_t, h_t.T @ y_t / (y_t @ y_t))
        covariances.append(residual.T @ residual / rows.sum())
        sizes.append(rows.sum())
    return np.array(covariances), np.array(sizes) / len(task)


def joint_diagonaliser(covariances, weights, tolerance, max_sweeps):
    """B (d x d), the number of sweeps, and whether the largest transformation fell below `tolerance`."""
    values, vectors = np.linalg.eigh(np.einsum("t,tij->ij", weights, covariances))
    unmixing = vectors.T / np.sqrt(values)[:, None]
    current = unmixing @ covariances @ unmixing.T
    dimension = len(unmixing)
    for sweep in range(1, max_sweeps + 1):
        largest = 0.0
        for i in range(1, dimension):
            for j in range(i):
                step = pair_transformation(current[:, [i, j]][:, :, [i, j]], weights)
                unmixing[[i, j]] = step @ unmixing[[i, j]]
                current[:, [i, j], :] = step @ current[:, [i, j], :]
                current[:, :, [i, j]] = current[:, :, [i, j]] @ step.T
                largest = max(largest, abs(step[0, 1]), abs(step[1, 0]))
        if largest < tolerance:
            return unmixing, sweep, True
    return unmixing, max_sweeps, False


def pair_transformation(pairs, weights):
    """Pham's 2 x 2 step for the blocks (tasks x 2 x 2) of one pair of latents."""
    first, second, cross = pairs[:, 0, 0], pairs[:, 1, 1], pairs[:, 0, 1]
    gradient = np.array([weights @ (cross / first), weights @ (cross / second)])
    curvature = np.array([[weights @ (second / first), 1.0], [1.0, weights @ (first / second)]])
    h12, h21 = np.linalg.solve(curvature, gradient)
    scale = 2 / (1 + np.sqrt(max(1 - 4 * h12 * h21, 0)))
    return np.array([[1.0, -scale * h12], [-scale * h21, 1.0]])


def criterion(unmixing, covariances, weights):
    diagonals = np.einsum("ij,tjk,ik->ti", unmixing, covariances, unmixing)
    return float(-np.linalg.slogdet(unmixing)[1] + 0.5 * weights @ np.log(diagonals).sum(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_arguments(parser)
    parser.add_argument("--tol", type=float, default=1e-8)
    parser.add_argument("--max-sweeps", type=int, default=500)
    arguments = parser.parse_args()

    data = data_from(arguments)
    h = data["representation"]
    with threadpool_limits(arguments.threads):
        with Stopwatch() as moments:
            covariances, weights = conditional_covariances(h, data["target"], data["task"])
        with Stopwatch() as sweeps:
            unmixing, count, converged = joint_diagonaliser(
                covariances, weights, arguments.tol, arguments.max_sweeps
            )
    scores = mcc(h @ unmixing.T, data["latents"]) if "latents" in data else {}
    report(
        "pham_jade",
        arguments,
        seconds=moments.wall + sweeps.wall,
        cpu_seconds=moments.cpu + sweeps.cpu,
        seconds_moments=moments.wall,
        seconds_sweeps=sweeps.wall,
        sweeps=count,
        converged=converged,
        criterion=criterion(unmixing, covariances, weights),
        **scores,
    )


if __name__ == "__main__":
    main()
