"""One thread a process: pytest-xdist already fills the cores."""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

import torch  # noqa: E402  the variables must be set before the first import of a numerical library

torch.set_num_threads(1)
