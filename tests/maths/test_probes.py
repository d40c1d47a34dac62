import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeClassifier

from scripts.maths.probes import least_squares_accuracy


def test_the_probe_is_scikit_learns_least_squares_classifier():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, (4, 90))
    centres = rng.normal(size=(3, 5))
    features = centres[labels] + rng.normal(size=(4, 90, 5))
    fresh_labels = rng.integers(0, 3, (4, 70))
    fresh = centres[fresh_labels] + rng.normal(size=(4, 70, 5))
    tensors = [torch.as_tensor(array) for array in (features, labels, fresh, fresh_labels)]
    found = least_squares_accuracy(*tensors, ridge=1e-10)
    for seed in range(4):
        probe = RidgeClassifier(alpha=1e-10).fit(features[seed], labels[seed])
        assert found[seed].item() == pytest.approx(probe.score(fresh[seed], fresh_labels[seed]), abs=1e-12)


def test_dead_units_do_not_break_it():
    features = torch.zeros(2, 10, 3, dtype=torch.float64)
    features[..., 0] = torch.linspace(-1, 1, 10)
    labels = (features[..., 0] > 0).long()
    assert least_squares_accuracy(features, labels, features, labels).tolist() == [1.0, 1.0]
