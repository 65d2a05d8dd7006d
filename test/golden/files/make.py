"""Writes the files beside it that the readers of src/node and src/model are checked against.

Made with numpy 2.4.6, safetensors 0.8.0, pandas 3.0.6, pyarrow 25.0.1:  python make.py
"""

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

x = np.array([[1.5, -2.0, 3.25], [0.1, np.nan, -np.inf]])
np.save("float64-c.npy", x)
np.save("float64-fortran.npy", np.asfortranarray(x))
np.save("float64-big-endian.npy", x.astype(">f8"))
np.save("float32-c.npy", x.astype(np.float32))
np.save("int32-fortran.npy", np.asfortranarray(np.array([[1, -2, 3], [4, 5, -6]], dtype=np.int32)))
np.save("int64-vector.npy", np.array([3, 1, 2, 1, 3], dtype=np.int64))
np.save("int64-beyond-double.npy", np.array([2**53 + 1], dtype=np.int64))
np.save("bool-vector.npy", np.array([True, False, True]))
np.save("text-vector.npy", np.array(["ox", "Ähre", "", "ox"]))
np.save("object-vector.npy", np.array(["ox", 1], dtype=object), allow_pickle=True)
np.save("complex-vector.npy", np.array([1j]))
np.save("cube.npy", np.zeros((2, 2, 2)))
with open("float64-version-3.npy", "wb") as file:
    np.lib.format.write_array(file, x, version=(3, 0))

save_file(
    {
        "weights": x.astype(np.float32),
        "bias": np.array([0.1, 0.2]),
        "task": np.array([3, 1, 2], dtype=np.int32),
        "big": np.array([2**53 + 1, -1], dtype=np.int64),
        "none": np.zeros((0, 4), dtype=np.float32),
    },
    "peer.safetensors",
    metadata={"format": "np", "note": "Ähre"},
)
save_file({"half": np.zeros(2, dtype=np.float16)}, "half.safetensors")

frame = pd.DataFrame(
    {
        "Tc": [1.5, np.nan, 3.0],
        "count": np.array([1, 2, 3], dtype=np.int64),
        "small": np.array([0.1, 0.2, 0.3], dtype=np.float32),
        "whether": [True, False, True],
        "material": ["ox", None, "Ähre"],
    }
)
frame.to_parquet("pandas.parquet")
frame.to_csv("pandas.csv")
