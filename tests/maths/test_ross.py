import numpy as np
import pytest
from scipy.special import digamma
from sklearn.feature_selection import mutual_info_classif

from scripts.maths.ross import label_information
from scripts.maths.statistics import mean_interval


def _sample(n, d, shift, seed):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 2)
    points = rng.standard_normal((n, d))
    points[:, 0] += shift * labels
    return points, labels


def _exact_two_normals(shift):
    x = np.linspace(-12, 12 + shift, 20001)
    p = np.exp(-0.5 * (x[:, None] - [0, shift]) ** 2) / np.sqrt(2 * np.pi)
    mixture = p.mean(1)
    return np.trapezoid((0.5 * p * np.log(np.maximum(p, 1e-300) / mixture[:, None])).sum(1), x)


@pytest.mark.parametrize("neighbours", [1, 3, 6])
@pytest.mark.parametrize("classes", [2, 3])
def test_one_dimension_equals_scikit_learn(neighbours, classes):
    rng = np.random.default_rng(neighbours)
    labels = rng.integers(classes, size=180)
    points = labels[:, None] + rng.standard_normal((180, 1))
    found = label_information(points, labels, neighbours=neighbours)
    reference = mutual_info_classif(points, labels, n_neighbors=neighbours, random_state=0)[0]
    assert max(found, 0) == pytest.approx(reference, abs=1e-9)


def test_several_dimensions_equal_the_formula_by_all_distances():
    points, labels = _sample(60, 3, 1.5, 4)
    apart = np.abs(points[:, None] - points[None]).max(-1)
    sizes, within = [], []
    for i in range(60):
        own = np.sort(apart[i, labels == labels[i]])
        sizes.append((labels == labels[i]).sum())
        within.append((apart[i] < own[4]).sum())
    naive = digamma(60) + digamma(4) - digamma(sizes).mean() - digamma(within).mean()
    assert label_information(points, labels, neighbours=4) == pytest.approx(naive, abs=1e-12)


@pytest.mark.parametrize("dimension", [1, 2])
def test_covers_the_exact_information_of_two_normals(dimension):
    found = [label_information(*_sample(600, dimension, 2.0, seed)) for seed in range(12)]
    interval = mean_interval(found, level=0.999)
    exact = _exact_two_normals(2.0)
    assert interval.low - 0.01 <= exact <= interval.high + 0.01  # a bias of 0.01 at this n is the method's


def test_independent_labels_hold_no_information():
    found = mean_interval([label_information(*_sample(400, 2, 0.0, seed)) for seed in range(12)], level=0.999)
    assert found.low - 0.01 <= 0 <= found.high + 0.01


def test_same_under_scaling_of_all_and_renaming_of_labels():
    points, labels = _sample(100, 2, 1.0, 1)
    assert label_information(4 * points, 7 - labels) == pytest.approx(label_information(points, labels), abs=1e-12)


def test_refuses_labels_that_do_not_fit():
    with pytest.raises(ValueError, match=r"expected points \(n, d\)"):
        label_information(np.zeros((5, 2)), np.zeros(4))


def test_refuses_a_class_without_enough_points():
    with pytest.raises(ValueError, match="more than 3 points in each class, got 2"):
        label_information(np.random.default_rng(0).standard_normal((6, 2)), np.array([0, 0, 0, 0, 1, 1]))
