import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths.neural_collapse import (
    centred_means,
    class_means,
    cosines,
    nearest_mean_disagreement,
    norm_spread,
    self_duality_gap,
    within_variability,
)


def draw(seed, *, seeds=2, classes=4, examples=30, dimension=7):
    rng = np.random.default_rng(seed)
    labels = np.stack([rng.permutation(np.arange(examples) % classes) for _ in range(seeds)])
    centres = rng.normal(size=(seeds, classes, dimension))
    features = centres[np.arange(seeds)[:, None], labels] + 0.4 * rng.normal(size=(seeds, examples, dimension))
    return torch.as_tensor(features), torch.as_tensor(labels)


def simplex(classes, dimension, seed=0):
    """Return the corners of a simplex around 0, rotated into a higher dimension, shape (class, dimension)."""
    corners = np.eye(classes) - 1 / classes
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(dimension, classes)))[0]
    return torch.as_tensor(corners @ turn.T)


def naive_variability(features, labels, classes):
    means = [features[labels == label].mean(0) for label in range(classes)]
    centre = np.mean(means, axis=0)
    between = sum(np.outer(mean - centre, mean - centre) for mean in means) / classes
    within = np.zeros_like(between)
    for label, mean in enumerate(means):
        own = features[labels == label]
        within += sum(np.outer(row - mean, row - mean) for row in own) / len(own) / classes
    return np.trace(within @ np.linalg.pinv(between, rcond=1e-10)) / classes


@pytest.mark.parametrize(("classes", "dimension", "examples"), [(4, 7, 30), (3, 2, 11), (5, 3, 40), (6, 12, 13)])
def test_nc1_is_the_trace_with_the_pseudo_inverse(classes, dimension, examples):
    features, labels = draw(1, classes=classes, dimension=dimension, examples=examples)
    found = within_variability(features, labels, classes)
    for seed in range(2):
        expected = naive_variability(features[seed].numpy(), labels[seed].numpy(), classes)
        assert found[seed].item() == pytest.approx(expected, rel=1e-8)


def test_nc1_skips_units_that_are_dead():
    features, labels = draw(2)
    wider = torch.cat([features, torch.zeros_like(features[..., :2])], dim=2)
    torch.testing.assert_close(within_variability(wider, labels, 4), within_variability(features, labels, 4))


@given(st.integers(0, 500), st.floats(0.01, 100))
def test_no_measure_depends_on_scale_or_place(seed, scale):
    features, labels = draw(seed)
    moved = scale * (features + 3)
    torch.testing.assert_close(within_variability(moved, labels, 4), within_variability(features, labels, 4))
    one, other = (centred_means(each, labels, 4) for each in (features, moved))
    torch.testing.assert_close(norm_spread(other), norm_spread(one))
    torch.testing.assert_close(cosines(other), cosines(one))
    torch.testing.assert_close(self_duality_gap(other, one), torch.zeros(2, dtype=torch.float64), atol=1e-7, rtol=0)


@given(st.integers(0, 500), st.integers(2, 8))
def test_inner_products_of_centred_means_are_minus_one_over_the_others_in_the_mean(seed, classes):
    means = centred_means(*draw(seed, classes=classes), classes)
    gram = means @ means.transpose(1, 2)
    squares = gram.diagonal(dim1=1, dim2=2).sum(1)
    across = (gram.sum((1, 2)) - squares) / (classes * (classes - 1))
    torch.testing.assert_close(across, -squares / classes / (classes - 1))


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_a_simplex_has_collapsed(classes):
    corners = simplex(classes, 12)
    labels = torch.arange(classes).repeat(5)[None]
    features = 2 + corners[labels]
    means = centred_means(features, labels, classes)
    assert within_variability(features, labels, classes).item() == pytest.approx(0, abs=1e-20)
    assert norm_spread(means).item() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(cosines(means)[0], -1 / (classes - 1), atol=1e-12)
    assert self_duality_gap(7 * corners[None], means).item() == pytest.approx(0, abs=1e-12)
    assert self_duality_gap(-corners[None], means).item() == pytest.approx(2)
    assert cosines(means).shape == (1, classes * (classes - 1) // 2)


def test_norms_and_angles_are_those_of_a_loop():
    means = centred_means(*draw(3), 4)[0].numpy()
    norms = [np.sqrt((mean**2).sum()) for mean in means]
    expected = [means[i] @ means[j] / norms[i] / norms[j] for i in range(4) for j in range(i + 1, 4)]
    both = torch.as_tensor(means)[None]
    np.testing.assert_allclose(cosines(both)[0], expected)
    assert norm_spread(both).item() == pytest.approx(np.std(norms) / np.mean(norms))


def test_classes_count_equally():
    features, labels = torch.tensor([[[0.0], [2.0], [4.0], [10.0]]]), torch.tensor([[0, 0, 0, 1]])
    assert class_means(features, labels, 2)[0, :, 0].tolist() == [2, 10]
    assert within_variability(features.double(), labels, 2).item() == pytest.approx((8 / 3 / 2) / 16 / 2)


def test_disagreement_with_the_nearest_mean():
    features = torch.tensor([[[0.0], [1.0], [2.9], [3.1], [6.0]]])
    means = torch.tensor([[[0.0], [6.0]]])
    predicted = torch.tensor([[0, 0, 1, 1, 0]])
    assert nearest_mean_disagreement(features, means, predicted).tolist() == [0.4]


def test_a_class_without_examples_is_refused():
    features, labels = draw(4)
    with pytest.raises(ValueError, match="expected examples of all 5 classes"):
        within_variability(features, labels, 5)
