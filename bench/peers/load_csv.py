"""A CSV file of numbers with a header as a NumPy array in single precision: pandas where it is installed, else NumPy."""

import numpy as np

from peer_data import Stopwatch, file_arguments, report

try:
    import pandas
except ModuleNotFoundError:
    pandas = None


def main():
    arguments = file_arguments(__doc__)
    with Stopwatch() as watch:
        if pandas is None:
            values = np.loadtxt(arguments.data, delimiter=",", skiprows=1, dtype=np.float32)
        else:
            values = pandas.read_csv(arguments.data, dtype=np.float32).to_numpy()
    reader = "NumPy" if pandas is None else "pandas"
    report("load_csv", arguments, reader=reader, seconds=watch.wall, cpu_seconds=watch.cpu, shape=values.shape)


if __name__ == "__main__":
    main()
