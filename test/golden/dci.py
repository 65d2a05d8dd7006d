"""Writes dci.json: disentanglement, completeness and importances, as Eastwood & Williams (2018) define them.

Regression by numpy.linalg.lstsq on standardised columns; entropies as in their published code (cianeastwood/qedr):
disentanglement weighted by relative importance, completeness a plain mean. Made with numpy 2.4.6:  python dci.py
"""

import json

import numpy as np

random = np.random.default_rng(20240104)


def standardise(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def concentration(r):
    shares = r / r.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return 1 - (-(shares * logs).sum(axis=0) / np.log(r.shape[0]))


def dci(latents, truth):
    r = np.abs(np.linalg.lstsq(standardise(latents), standardise(truth), rcond=None)[0])
    weights = r.sum(axis=1) / r.sum()
    return r, float((weights * concentration(r.T)).sum()), float(concentration(r).mean())


def array(x):
    return {"shape": list(x.shape), "data": x.ravel().tolist()}


cases = []
for name, n, d1, d2, noise in [("square", 60, 3, 3, 0.1), ("more latents", 80, 5, 2, 1.0), ("fewer latents", 50, 2, 4, 0.5)]:
    truth = random.normal(size=(n, d2)) * 3 + 1
    latents = truth @ random.normal(size=(d2, d1)) + noise * random.normal(size=(n, d1))
    r, disentanglement, completeness = dci(latents, truth)
    cases.append({
        "name": name, "latents": array(latents), "truth": array(truth), "importance": array(r),
        "disentanglement": disentanglement, "completeness": completeness,
    })

with open("dci.json", "w") as file:
    json.dump({"header": {"what": "DCI scores", "produced_by": "dci.py beside it, numpy " + np.__version__}, "cases": cases}, file)
    file.write("\n")
