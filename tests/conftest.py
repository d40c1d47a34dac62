"""One thread a process: pytest-xdist already fills the cores."""

import os
from pathlib import Path

import pytest

# The files that take longest, longest first: begun last, one of them would keep one core busy while the other idles.
LONGEST = ("test_mutations.py", "test_determinism.py", "test_edits.py", "test_build.py", "test_oracle.py")

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

import torch  # noqa: E402  the variables must be set before the first import of a numerical library

torch.set_num_threads(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first; the rest stay in order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(Path(item.path).name, len(LONGEST)))
