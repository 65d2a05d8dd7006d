"""One epoch of stage 1, the multi-task regression network, at the size of the nonlinear experiment of Chen et al. 2024
(100-200-20, 500 heads, 500 x 200 rows, batch 1024, Adam), written in two ways in plain PyTorch:

    all_heads   as in the released code: rows one by one through a DataLoader, every head evaluated, one kept
    own_head    as one would write it with speed in mind: tensors shuffled in place, only the row's own head evaluated

Both minimise the same loss, half the mean squared error. The first epoch warms up and is not timed.
"""

import argparse
from itertools import pairwise

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from peer_data import Stopwatch, add_data_arguments, data_from, report


class Rows(Dataset):
    """A row at a time, as the released code reads them."""

    def __init__(self, x, y, task):
        self.x, self.y, self.task = x, y, task

    def __len__(self):
        return len(self.x)

    def __getitem__(self, row):
        return self.x[row], self.y[row], self.task[row]


def mlp(widths):
    layers = [layer for sizes in pairwise(widths) for layer in (torch.nn.Linear(*sizes), torch.nn.ReLU())]
    return torch.nn.Sequential(*layers[:-1])


def all_heads_epoch(model, batches, optimiser):
    encoder, heads = model
    for x, y, task in batches:
        optimiser.zero_grad()
        prediction = heads(encoder(x)).gather(1, task[:, None])[:, 0]
        loss = 0.5 * torch.mean((prediction - y) ** 2)
        loss.backward()
        optimiser.step()
    return loss.item()


def own_head_epoch(model, tensors, batch, optimiser):
    encoder, heads = model
    for rows in torch.randperm(len(tensors[0])).split(batch):
        x, y, task = (tensor[rows] for tensor in tensors)
        optimiser.zero_grad(set_to_none=True)
        weights = torch.nn.functional.embedding(task, heads.weight)
        prediction = (encoder(x) * weights).sum(1) + heads.bias[task]
        loss = 0.5 * torch.mean((prediction - y) ** 2)
        loss.backward()
        optimiser.step()
    return loss.item()


def nonlinear_features(data, inputs, seed):
    """x = Lin(ReLU(Lin(z))), widths d, p, p, PyTorch's own initialisation: the mixing of the paper."""
    torch.manual_seed(seed)
    latents = torch.tensor(data["latents"], dtype=torch.float32)
    with torch.no_grad():
        return mlp([latents.shape[1], inputs, inputs])(latents)


def standardised(y, task):
    """Targets with mean 0 and variance 1 within each task."""
    count = np.bincount(task)
    centred = y - (np.bincount(task, y) / count)[task]
    return centred / np.sqrt(np.bincount(task, centred**2) / count)[task]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_arguments(parser, latent_dim=20, causal=4, tasks=500, rows=200)
    parser.add_argument("--inputs", type=int, default=100, help="features to generate")
    parser.add_argument("--hidden", type=int, nargs="*", default=[200])
    parser.add_argument("--outputs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--epochs", type=int, default=3, help="timed epochs, after one of warm-up")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    data = data_from(arguments)
    task = torch.tensor(data["task"], dtype=torch.int64)
    y = torch.tensor(standardised(data["target"], data["task"]), dtype=torch.float32)
    if arguments.data:
        x = torch.tensor(data["features" if "features" in data else "representation"], dtype=torch.float32)
    else:
        x = nonlinear_features(data, arguments.inputs, arguments.seed)

    def fresh():
        torch.manual_seed(arguments.seed)
        widths = [x.shape[1], *arguments.hidden, arguments.outputs]
        model = torch.nn.ModuleList([mlp(widths), torch.nn.Linear(arguments.outputs, int(task.max()) + 1)])
        return model, torch.optim.Adam(model.parameters(), lr=1e-3)

    def timed(epoch):
        epoch()
        with Stopwatch() as watch:
            for _ in range(arguments.epochs):
                loss = epoch()
        return {
            "seconds": watch.wall / arguments.epochs,
            "cpu_seconds": watch.cpu / arguments.epochs,
            "milliseconds_per_step": 1000 * watch.wall / arguments.epochs / steps,
            "last_loss": loss,
        }

    steps = -(-len(x) // arguments.batch)
    batches = DataLoader(Rows(x, y, task), batch_size=arguments.batch, shuffle=True)
    model, optimiser = fresh()
    all_heads = timed(lambda: all_heads_epoch(model, batches, optimiser))
    model, optimiser = fresh()
    own_head = timed(lambda: own_head_epoch(model, (x, y, task), arguments.batch, optimiser))
    report(
        "mtrn_epoch",
        arguments,
        torch=torch.__version__,
        widths=[x.shape[1], *arguments.hidden, arguments.outputs],
        heads=int(task.max()) + 1,
        rows=len(x),
        steps_per_epoch=steps,
        all_heads=all_heads,
        own_head=own_head,
    )


if __name__ == "__main__":
    main()
