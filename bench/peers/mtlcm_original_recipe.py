"""Stage 2 by the recipe of Chen et al. 2024 (arXiv:2306.14861, appendix; hyperparameters of their released code),
written anew in plain PyTorch: for every row of a minibatch build its covariance, evaluate its Gaussian log-density,
and follow the gradient with Adam.

    h | y, t ~ N( A m_t y , A D_t A' + sigma_obs^2 I ),  m_t = gamma_t (1 - c_t),  D_t = c_t + sigma_s^2 (1 - c_t)

A few epochs are timed and multiplied by the number that the recipe prescribes; the JSON says so ("scaled"). With
--epochs equal to --epochs-needed nothing is scaled, the scores are those of the finished fit, and epochs_to_accuracy
says from which epoch on the pooled MCC was within .001 of its last value.
"""

import argparse

import numpy as np
import torch
from torch.distributions import MultivariateNormal
from torch.utils.data import DataLoader, TensorDataset

from peer_data import Stopwatch, add_data_arguments, data_from, mcc, pearson_mcc, report


class LinearCausalModel(torch.nn.Module):
    """A, the logits of c and gamma, and the negative log-likelihood of rows."""

    def __init__(self, latent_dim, tasks, sigma_s, sigma_obs):
        super().__init__()
        bound = latent_dim**-0.5
        self.mixing = torch.nn.Parameter(torch.empty(latent_dim, latent_dim).uniform_(-bound, bound))
        self.logits = torch.nn.Parameter(torch.randn(tasks, latent_dim))
        self.gamma = torch.nn.Parameter(torch.randn(tasks, latent_dim))
        self.sigma_s, self.noise = sigma_s, sigma_obs**2 * torch.eye(latent_dim)

    def negative_log_likelihood(self, h, y, task):
        c = torch.sigmoid(self.logits[task])
        mean = (y[:, None] * self.gamma[task] * (1 - c)) @ self.mixing.T
        variance = torch.diag_embed(c + self.sigma_s**2 * (1 - c))
        covariance = self.mixing @ variance @ self.mixing.T + self.noise
        return -MultivariateNormal(mean, covariance).log_prob(h).mean()


def epochs_to_accuracy(mixings, data):
    """The first epoch from which on the pooled Pearson MCC stays within .001 of that of the last epoch."""
    h, latents = data["representation"], data["latents"]
    scores = np.array([pearson_mcc(h @ np.linalg.inv(mixing).T, latents) for mixing in mixings])
    short = np.flatnonzero(scores < scores[-1] - 1e-3)
    return int(short[-1]) + 2 if len(short) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_arguments(parser)
    parser.add_argument("--epochs", type=int, default=10, help="epochs to run and time")
    parser.add_argument("--epochs-needed", type=int, default=1000, help="epochs of the recipe, for the scaled time")
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--sigma-s", type=float, default=0.1)
    parser.add_argument("--sigma-obs", type=float, default=0.01)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)

    data = data_from(arguments)
    h = torch.tensor(data["representation"], dtype=torch.float32)
    y = torch.tensor(data["target"], dtype=torch.float32)
    task = torch.tensor(data["task"], dtype=torch.int64)
    rows = DataLoader(TensorDataset(h, y, task), batch_size=arguments.batch, shuffle=True)
    model = LinearCausalModel(h.shape[1], int(task.max()) + 1, arguments.sigma_s, arguments.sigma_obs)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, "min", patience=100, factor=0.5, min_lr=5e-3, threshold=1e-4
    )

    mixings = []
    with Stopwatch() as total:
        for _ in range(arguments.epochs):
            losses = []
            for batch in rows:
                optimiser.zero_grad()
                loss = model.negative_log_likelihood(*batch)
                loss.backward()
                optimiser.step()
                losses.append(loss.item())
            schedule.step(np.mean(losses))
            mixings.append(model.mixing.detach().numpy().astype(np.float64))

    scores = {}
    if "latents" in data:
        scores = mcc(data["representation"] @ np.linalg.inv(mixings[-1]).T, data["latents"])
        if arguments.epochs >= arguments.epochs_needed:
            scores["epochs_to_accuracy"] = epochs_to_accuracy(mixings, data)
    factor = max(arguments.epochs_needed / arguments.epochs, 1)
    report(
        "mtlcm_original_recipe",
        arguments,
        torch=torch.__version__,
        seconds=total.wall * factor,
        cpu_seconds=total.cpu * factor,
        scaled=factor > 1,
        epochs=arguments.epochs,
        epochs_needed=arguments.epochs_needed,
        seconds_per_epoch=total.wall / arguments.epochs,
        cpu_seconds_per_epoch=total.cpu / arguments.epochs,
        mean_nll_last_epoch=float(np.mean(losses)),
        **scores,
    )


if __name__ == "__main__":
    main()
