"""Small classification tasks made of the data sets that come with scikit-learn."""

from __future__ import annotations

import numpy as np

NAMES = ("iris", "wine", "cancer", "diabetes", "digits", "odd")


def load_task(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs, shape (n, d), and the classes of one task, whole numbers from 0, shape (n,).

    Args:
        name: `iris`, `wine`, `cancer` (breast cancer) and `digits` are classifications as they come; `diabetes` asks
            whether the disease of the study of Efron et al. (2004) progressed by more than the median of its patients,
            `odd` whether a digit is odd.

    Raises:
        ValueError: an unknown name.
    """
    from sklearn import datasets  # here, as it takes longer to import than most figures to draw

    if name not in NAMES:
        raise ValueError(f"task is {name!r}, expected one of {', '.join(NAMES)}")
    loaders = {"cancer": datasets.load_breast_cancer, "odd": datasets.load_digits}
    inputs, labels = loaders.get(name, getattr(datasets, f"load_{name}", None))(return_X_y=True)
    if name == "diabetes":
        labels = labels > np.median(labels)
    elif name == "odd":
        labels = labels % 2
    return inputs, labels.astype(int)
