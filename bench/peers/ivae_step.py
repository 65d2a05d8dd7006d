"""One update of an iVAE in plain PyTorch, as in the code of Khemakhem et al. 2020: u is a dense vector, one-hot task and target,
and every network (prior, encoder mean and variance, decoder) reads it through a linear layer. Adam, float32. With --embedding the
task is an index into an embedding instead, which is the same function in fewer operations.

The first updates warm up and are not timed; seconds are means over the others, by the wall and by the processor.
"""

import argparse
import json
import math
import time

import torch
from torch.nn import functional


def mlp(inputs, hidden, outputs):
    layers = []
    for a, b in [(inputs, hidden), (hidden, hidden)]:
        layers += [torch.nn.Linear(a, b), torch.nn.LeakyReLU(0.1)]
    return torch.nn.Sequential(*layers, torch.nn.Linear(hidden, outputs))


class Indexed(torch.nn.Module):
    """The same network where the last columns of its input are a one-hot vector, given as an index."""

    def __init__(self, inputs, tasks, hidden, outputs):
        super().__init__()
        self.embedding = torch.nn.Embedding(tasks, hidden)
        self.first = torch.nn.Linear(inputs, hidden)
        self.rest = torch.nn.Sequential(torch.nn.LeakyReLU(0.1), *list(mlp(inputs, hidden, outputs))[2:])

    def forward(self, numbers, task):
        return self.rest(self.first(numbers) + self.embedding(task))


def log_density(x, mean, log_variance):
    scaled = (x - mean) ** 2 * torch.exp(-log_variance)
    return -0.5 * (math.log(2 * math.pi) + log_variance + scaled).sum(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100)
    parser.add_argument("--latents", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--hidden", type=int, default=100)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--warm-up", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--embedding", action="store_true")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)

    x = torch.randn(a.rows, a.inputs)
    y = torch.randn(a.rows, 1)
    task = torch.arange(a.rows) % a.tasks
    u = torch.cat([functional.one_hot(task, a.tasks).float(), y], 1)
    width = a.tasks + 1
    if a.embedding:
        prior = Indexed(1, a.tasks, a.hidden, a.latents)
        mean = Indexed(a.inputs + 1, a.tasks, a.hidden, a.latents)
        log_variance = Indexed(a.inputs + 1, a.tasks, a.hidden, a.latents)
    else:
        prior = mlp(width, a.hidden, a.latents)
        mean = mlp(a.inputs + width, a.hidden, a.latents)
        log_variance = mlp(a.inputs + width, a.hidden, a.latents)
    decoder = mlp(a.latents, a.hidden, a.inputs)
    networks = torch.nn.ModuleList([prior, mean, log_variance, decoder])
    optimiser = torch.optim.Adam(networks.parameters(), lr=1e-3)
    decoder_log_variance = torch.full((1,), math.log(0.01))
    zero = torch.zeros(1)

    def step(rows):
        xb = x[rows]
        ub = (y[rows], task[rows]) if a.embedding else (u[rows],)
        optimiser.zero_grad(set_to_none=True)
        xu = (torch.cat([xb, ub[0]], 1), *ub[1:])
        g, v = mean(*xu), log_variance(*xu)
        z = g + torch.exp(0.5 * v) * torch.randn_like(g)
        elbo = log_density(xb, decoder(z), decoder_log_variance) + log_density(z, zero, prior(*ub)) - log_density(z, g, v)
        loss = -elbo.mean()
        loss.backward()
        optimiser.step()
        return loss.item()

    for k in range(a.warm_up + a.steps):
        if k == a.warm_up:
            started, busy = time.perf_counter(), time.process_time()
        loss = step(torch.randint(a.rows, (a.batch,)))
    seconds, cpu = (time.perf_counter() - started) / a.steps, (time.process_time() - busy) / a.steps
    print(json.dumps({"peer": "ivae_step", "torch": torch.__version__, "seconds": seconds, "cpuSeconds": cpu, "last_loss": loss}))


if __name__ == "__main__":
    main()
