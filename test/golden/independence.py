"""Golden p-values of independence tests, written anew with NumPy and SciPy: /usr/bin/python3 test/golden/independence.py > test/golden/independence.json

Partial correlation: correlation of least-squares residuals, Fisher's transform. KCI (Zhang et al. 2011, theorems 3 to 5, and the gamma
approximation of section 3.4), with the weights of the null law from explicit eigenvectors, where the program uses Hadamard products.
"""
import json
import numpy as np
from scipy import stats
from scipy.spatial.distance import pdist, squareform

EPSILON = 1e-3

def partial_correlation(x, y, z):
    n, k = len(x), 0 if z is None else 1
    design = np.ones((n, 1)) if z is None else np.column_stack([np.ones(n), z])
    residual = lambda v: v - design @ np.linalg.lstsq(design, v, rcond=None)[0]
    r = stats.pearsonr(residual(x), residual(y))[0]
    return 2 * stats.norm.sf(abs(np.arctanh(r)) * np.sqrt(n - k - 3))

def kernel(*columns):
    d = pdist(np.column_stack(columns), "sqeuclidean")
    k = np.exp(-squareform(d) / (2 * np.sort(d)[len(d) // 2]))
    h = np.eye(len(k)) - 1 / len(k)
    return h @ k @ h

def kci(x, y, z):
    x, y = stats.zscore(x), stats.zscore(y)
    n = len(x)
    if z is None:
        kx, ky = kernel(x), kernel(y)
        mean = np.trace(kx) * np.trace(ky) / n
        variance = 2 * np.trace(kx @ kx) * np.trace(ky @ ky) / n**2
    else:
        z = stats.zscore(z)
        r = EPSILON * np.linalg.inv(kernel(z) + EPSILON * np.eye(n))
        kx, ky = r @ kernel(x, z / 2) @ r, r @ kernel(y) @ r
        (a, v), (b, u) = np.linalg.eigh(kx), np.linalg.eigh(ky)
        v, u = v * np.sqrt(np.maximum(a, 0)), u * np.sqrt(np.maximum(b, 0))
        w = (v[:, :, None] * u[:, None, :]).reshape(n, -1)
        ww = w @ w.T
        mean, variance = np.trace(ww), 2 * np.trace(ww @ ww)
    return stats.gamma.sf(np.trace(kx @ ky), mean**2 / variance, scale=variance / mean)

rng = np.random.default_rng(0)
cases = []
for n, link in [(40, "chain"), (60, "collider"), (50, "square"), (45, "none")]:
    x, e, f = rng.normal(size=(3, n))
    if link == "chain": z = x + 0.6 * e; y = z + 0.6 * f
    elif link == "collider": y = e; z = x + y + 0.5 * f
    elif link == "square": y = x**2 + 0.3 * e; z = f
    else: y, z = e, f
    p = {name: {"marginal": test(x, y, None), "given": test(x, y, z)}
         for name, test in [("partial-correlation", partial_correlation), ("kernel", kci)]}
    cases.append({"link": link, "x": x.tolist(), "y": y.tolist(), "z": z.tolist(), "p": p})
gamma = [{"a": a, "x": x, "q": stats.gamma.sf(x, a)} for a in [0.3, 0.5, 1, 4.7, 60, 900] for x in [0.01, 0.9, 5, 55, 1000]]
print(json.dumps({"origin": "independence.py, NumPy and SciPy", "cases": cases, "gamma": gamma}))
