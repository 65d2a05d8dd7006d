"""One epoch of stage 1 on molecules in plain PyTorch: the EGNN of this package (two layers, hidden 64, the sum over atoms, one
head a target, Adam), neighbour sums by index_add_, the edge map of the concatenated input as in the paper of Satorras et al.
2021. Half the mean squared error of standardised targets. Batches are laid end to end by NumPy, as wide as they are: nothing
is padded. The first epoch warms up and is not timed.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch.nn import Linear, ReLU, Sequential, SiLU

from peer_data import Stopwatch, report


class Layer(torch.nn.Module):
    def __init__(self, inputs, edge, hidden, outputs, moves):
        super().__init__()
        self.phi_e = Sequential(Linear(2 * inputs + 1 + edge, hidden), SiLU(), Linear(hidden, hidden), SiLU())
        self.phi_h = Sequential(Linear(inputs + hidden, hidden), SiLU(), Linear(hidden, outputs))
        self.phi_x = Sequential(Linear(hidden, hidden), SiLU(), Linear(hidden, 1, bias=False)) if moves else None

    def forward(self, h, x, source, target, attributes):
        difference = x[source] - x[target]
        squared = (difference**2).sum(1, keepdim=True)
        message = self.phi_e(torch.cat([h[source], h[target], squared, attributes], 1))
        received = h.new_zeros(len(h), message.shape[1]).index_add_(0, target, message)
        if self.phi_x is not None:
            push = self.phi_x(message) * difference / (squared.sqrt() + 1e-30)
            count = x.new_zeros(len(h), 1).index_add_(0, target, torch.ones_like(squared))
            x = x + torch.zeros_like(x).index_add_(0, target, push) / count.clamp(min=1)
        return self.phi_h(torch.cat([h, received], 1)), x


class Network(torch.nn.Module):
    def __init__(self, inputs, edge, hidden, features, tasks):
        super().__init__()
        self.first = Layer(inputs, edge, hidden, hidden, moves=True)
        self.second = Layer(hidden, edge, hidden, features, moves=False)
        self.heads = Linear(features, tasks)
        self.relu = ReLU()

    def forward(self, h, x, source, target, attributes, molecule, size):
        h, x = self.first(h, x, source, target, attributes)
        h, _ = self.second(self.relu(h), x, source, target, attributes)
        return self.heads(h.new_zeros(size, h.shape[1]).index_add_(0, molecule, h))


def spans(start, rows):
    """Positions start[row] .. start[row + 1] of all rows, end to end, and how many each row has."""
    counts = start[rows + 1] - start[rows]
    first = np.repeat(start[rows] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return first + np.arange(counts.sum()), counts


def batch_of(data, rows):
    atoms, atom_counts = spans(data["atom_start"], rows)
    edges, edge_counts = spans(data["edge_start"], rows)
    offset = np.repeat(np.concatenate([[0], np.cumsum(atom_counts)[:-1]]), edge_counts)
    arrays = (
        data["nodes"][atoms],
        data["positions"][atoms],
        data["source"][edges] + offset,
        data["target"][edges] + offset,
        data["attributes"][edges],
        np.repeat(np.arange(len(rows)), atom_counts),
    )
    return [torch.from_numpy(array) for array in arrays], torch.from_numpy(data["y"][rows])


def epoch(model, data, batch, optimiser):
    order = np.random.permutation(len(data["y"]))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        inputs, y = batch_of(data, rows)
        optimiser.zero_grad(set_to_none=True)
        loss = 0.5 * torch.mean((model(*inputs, len(rows)) - y) ** 2)
        loss.backward()
        optimiser.step()
    return loss.item()


def read(folder):
    arrays = {path.stem: np.load(path) for path in sorted(Path(folder).glob("*.npy"))}
    whole = {name: arrays[name].astype(np.int64) for name in ("atom_start", "edge_start", "source", "target")}
    real = {name: arrays[name].astype(np.float32) for name in ("nodes", "positions", "y")}
    kind = arrays["kind"].astype(np.int64)
    attributes = np.eye(5, dtype=np.float32)[kind][:, 1:]
    return {**whole, **real, "attributes": attributes}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of the arrays as .npy files")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--features", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=1, help="timed epochs, after one of warm-up")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    np.random.seed(arguments.seed)
    torch.manual_seed(arguments.seed)

    data = read(arguments.data)
    tasks = data["y"].shape[1]
    inputs, edge = data["nodes"].shape[1], data["attributes"].shape[1]
    model = Network(inputs, edge, arguments.hidden, arguments.features, tasks)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    epoch(model, data, arguments.batch, optimiser)
    with Stopwatch() as watch:
        for _ in range(arguments.epochs):
            loss = epoch(model, data, arguments.batch, optimiser)
    report(
        "egnn_epoch",
        arguments,
        torch=torch.__version__,
        molecules=len(data["y"]),
        seconds=watch.wall / arguments.epochs,
        cpu_seconds=watch.cpu / arguments.epochs,
        last_loss=loss,
    )


if __name__ == "__main__":
    main()
