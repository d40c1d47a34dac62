import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from scripts.maths.neighbours import nearest_labels, same_label_share, vote_accuracy


@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(2, 5))
def test_votes_are_scikit_learns(seed, count, classes):
    rng = np.random.default_rng(seed)
    labels, fresh_labels = rng.integers(0, classes, (2, 30)), rng.integers(0, classes, (2, 20))
    features, fresh = rng.normal(size=(2, 30, 3)), rng.normal(size=(2, 20, 3))
    nearest = nearest_labels(*map(torch.as_tensor, (features, labels, fresh)), count)
    found = vote_accuracy(nearest, torch.as_tensor(fresh_labels))
    for index in range(2):
        oracle = KNeighborsClassifier(count).fit(features[index], labels[index])
        assert found[index].item() == pytest.approx(oracle.score(fresh[index], fresh_labels[index]))
        places = oracle.kneighbors(fresh[index], return_distance=False)
        np.testing.assert_array_equal(nearest[index], labels[index][places])


def test_the_share_counts_neighbours_and_not_votes():
    nearest = torch.tensor([[[0, 0, 1], [1, 1, 0]]])
    wanted = torch.tensor([[0, 0]])
    assert vote_accuracy(nearest, wanted).tolist() == [0.5]
    assert same_label_share(nearest, wanted).tolist() == [0.5]
    assert same_label_share(nearest, torch.tensor([[1, 0]])).item() == pytest.approx(2 / 6)


@pytest.mark.parametrize("count", [0, 11])
def test_more_neighbours_than_examples_are_refused(count):
    points, labels = torch.zeros(1, 10, 2), torch.zeros(1, 10, dtype=torch.long)
    with pytest.raises(ValueError, match=f"count is {count}, expected between 1 and the 10 examples"):
        nearest_labels(points, labels, points, count)
