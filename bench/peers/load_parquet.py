"""A Parquet file of numbers as a NumPy array in single precision, by pandas and pyarrow."""

import argparse

import numpy as np
import pandas
import pyarrow  # noqa: F401, what pandas reads Parquet with

from peer_data import Stopwatch, report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="the file")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with Stopwatch() as watch:
        values = pandas.read_parquet(arguments.data).to_numpy(np.float32)
    report("load_parquet", arguments, seconds=watch.wall, cpu_seconds=watch.cpu, shape=values.shape)


if __name__ == "__main__":
    main()
