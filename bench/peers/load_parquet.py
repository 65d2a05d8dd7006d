"""A Parquet file of numbers as a NumPy array in single precision, by pandas and pyarrow."""

import numpy as np
import pandas
import pyarrow  # noqa: F401, what pandas reads Parquet with

from peer_data import Stopwatch, file_arguments, report


def main():
    arguments = file_arguments(__doc__)
    with Stopwatch() as watch:
        values = pandas.read_parquet(arguments.data).to_numpy(np.float32)
    report("load_parquet", arguments, seconds=watch.wall, cpu_seconds=watch.cpu, shape=values.shape)


if __name__ == "__main__":
    main()
