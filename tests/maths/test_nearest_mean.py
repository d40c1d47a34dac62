import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestCentroid

from scripts.maths.nearest_mean import class_means, nearest_mean_accuracy


def test_it_is_scikit_learns_nearest_centroid():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(4, 3))
    labels, fresh_labels = rng.integers(0, 4, (3, 60)), rng.integers(0, 4, (3, 50))
    features, fresh = centres[labels] + rng.normal(size=(3, 60, 3)), centres[fresh_labels] + rng.normal(size=(3, 50, 3))
    tensors = [torch.as_tensor(array) for array in (features, labels, fresh, fresh_labels)]
    means, found = class_means(*tensors[:2]), nearest_mean_accuracy(*tensors)
    for seed in range(3):
        oracle = NearestCentroid().fit(features[seed], labels[seed])
        np.testing.assert_allclose(means[seed], oracle.centroids_, atol=1e-12)
        assert found[seed].item() == pytest.approx(oracle.score(fresh[seed], fresh_labels[seed]))


def test_a_class_without_examples_is_refused():
    labels = torch.tensor([[0, 1, 2], [0, 2, 2]])
    with pytest.raises(ValueError, match="an example of every class in every seed"):
        class_means(torch.zeros(2, 3, 1), labels)
