"""One epoch of stage 1 with heads solved exactly, in plain PyTorch: batches of whole tasks, every head the ridge regression of
the target on the features of its task's rows, and the encoder trained through the noise variances that are left. Heads are held
fixed in the gradient, as they are at their optimum. Features are computed once an update. The first epoch warms up.
"""

import argparse
from itertools import pairwise

import numpy as np
import torch

from peer_data import Stopwatch, add_data_arguments, data_from, report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_arguments(parser)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--features", type=int, default=30)
    parser.add_argument("--tasks-per-batch", type=int, default=3)
    parser.add_argument("--penalty", type=float, default=0.1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    data = data_from(arguments)
    # Rows of a task lie next to each other, as many for each.
    tasks = int(data["task"].max()) + 1
    x = torch.tensor(data["features"], dtype=torch.float32)
    x = ((x - x.mean(0)) / x.std(0)).reshape(tasks, -1, x.shape[1])
    y = torch.tensor(np.ravel(data["target"]), dtype=torch.float32).reshape(tasks, -1)
    y = (y - y.mean(1, keepdim=True)) / y.std(1, keepdim=True)
    widths = [x.shape[2], arguments.hidden, arguments.features]
    layers = [layer for sizes in pairwise(widths) for layer in (torch.nn.Linear(*sizes), torch.nn.ReLU())]
    encoder = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.Adam(encoder.parameters(), lr=1e-3)
    width = arguments.features

    def epoch():
        for chosen in torch.randperm(tasks).split(arguments.tasks_per_batch):
            optimiser.zero_grad(set_to_none=True)
            f = encoder(x[chosen])
            f = f - f.mean(1, keepdim=True)
            target = y[chosen] - y[chosen].mean(1, keepdim=True)
            rows = f.shape[1]
            S = f.transpose(1, 2) @ f / rows
            s = (f * target[:, :, None]).mean(1)
            ridge = arguments.penalty * S.diagonal(dim1=1, dim2=2).mean(1)
            with torch.no_grad():
                w = torch.linalg.solve(S + ridge[:, None, None] * torch.eye(width), s)
            left = ((target - (f @ w[:, :, None])[:, :, 0]) ** 2).mean(1) + ridge * (w**2).sum(1)
            loss = 0.5 * torch.log(left).mean()
            loss.backward()
            optimiser.step()
        return loss.item()

    epoch()
    with Stopwatch() as watch:
        for _ in range(arguments.epochs):
            loss = epoch()
    per = {"seconds": watch.wall / arguments.epochs, "cpu_seconds": watch.cpu / arguments.epochs}
    report("ridge_epoch", arguments, torch=torch.__version__, loss=loss, **per)


if __name__ == "__main__":
    main()
