import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from scripts.maths.spread import spread_ratio


def by_pairs(points: np.ndarray, labels: np.ndarray) -> float:
    """Return the ratio by scipy's distances, pair by pair."""
    first, second = np.triu_indices(len(points), 1)
    same = labels[first] == labels[second]
    return pdist(points)[same].mean() / pdist(points)[~same].mean()


@given(st.integers(0, 10_000), st.integers(2, 5), st.floats(0.01, 100))
def test_the_ratio_is_that_of_all_pairs_at_any_scale(seed, classes, scale):
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), [0], rng.integers(0, classes, 20)])
    points = scale * (rng.normal(size=(len(labels), 4)) + labels[:, None])
    found = spread_ratio(torch.as_tensor(points)[None], torch.as_tensor(labels)[None])
    assert found.item() == pytest.approx(by_pairs(points, labels))


def test_labels_that_say_nothing_give_one_and_classes_that_are_points_give_zero():
    rng = np.random.default_rng(3)
    labels = torch.as_tensor(rng.integers(0, 3, (20, 200)))
    noise = torch.as_tensor(rng.normal(size=(20, 200, 2)))
    assert spread_ratio(noise, labels).mean().item() == pytest.approx(1, abs=0.01)  # 20 ratios spread by .006: 7 errors
    assert spread_ratio(labels[..., None].double(), labels).tolist() == [0.0] * 20


def test_one_kind_of_pairs_and_a_single_place_are_refused():
    points = torch.zeros(1, 4, 2, dtype=torch.float64)
    for labels in ([0, 0, 0, 0], [0, 1, 2, 3]):
        with pytest.raises(ValueError, match="got only one kind"):
            spread_ratio(points, torch.tensor([labels]))
    with pytest.raises(ValueError, match="got all of them in one"):
        spread_ratio(points, torch.tensor([[0, 0, 1, 1]]))
