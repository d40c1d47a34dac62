import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths.wilson_features import SCALE, WilsonData, cosine, fresh_scores, norm

labels_of_both_kinds = st.tuples(st.integers(1, 12), st.integers(1, 12), st.randoms()).map(
    lambda case: sorted([1.0] * case[0] + [-1.0] * case[1], key=lambda _: case[2].random())
)


def _dense(labels):
    """Write the features out, one column a feature, example by example."""
    rows = []
    for place, label in enumerate(labels):
        own = [0.0] * 5 * len(labels)
        own[5 * place : 5 * place + (1 if label > 0 else 5)] = [1.0] * (1 if label > 0 else 5)
        rows.append([label, 1.0, 1.0, *own])
    return np.array(rows)


def _flat(weights):
    return torch.cat([part[0].flatten() for part in weights]).numpy()


def _data(labels):
    return WilsonData.of(torch.tensor([labels], dtype=torch.float64))


@given(labels_of_both_kinds)
def test_sign_vector_is_that_of_the_gradient_at_zero(labels):
    found = _flat(_data(labels).sign_vector())
    np.testing.assert_array_equal(found, np.sign(_dense(labels).T @ labels))


@given(labels_of_both_kinds)
def test_sign_vector_fits_every_label_if_most_are_positive(labels):
    data = _data(labels)
    fits = torch.equal(data.scores(data.sign_vector())[0], SCALE * data.labels[0])
    assert fits == (sum(labels) > 0)


@given(labels_of_both_kinds)
def test_minimum_norm_is_the_pseudoinverse(labels):
    data = _data(labels)
    np.testing.assert_allclose(_flat(data.minimum_norm()), np.linalg.pinv(_dense(labels)) @ labels, atol=1e-10)
    assert norm(data.minimum_norm()).item() == pytest.approx(np.linalg.norm(np.linalg.pinv(_dense(labels)) @ labels))


@given(labels_of_both_kinds)
def test_scores_are_those_of_the_features_written_out(labels):
    data, rng = _data(labels), np.random.default_rng(len(labels))
    weights = [torch.as_tensor(rng.standard_normal(part.shape)) for part in data.zeros()]
    expected = _dense(labels) @ _flat(weights)
    np.testing.assert_allclose(data.scores(weights)[0], expected, atol=1e-12)
    rows = torch.tensor([[len(labels) - 1, 0]])
    np.testing.assert_allclose(data.scores(weights, rows)[0], expected[[-1, 0]], atol=1e-12)


def test_fresh_examples_are_all_positive_to_the_sign_vector_and_told_apart_by_the_minimum_norm():
    data = _data([1.0] * 9 + [-1.0] * 6)
    fresh = torch.tensor([[1.0, -1.0]], dtype=torch.float64)
    assert fresh_scores(data.sign_vector(), fresh).tolist() == [[3.0, 1.0]]
    assert fresh_scores(data.minimum_norm(), fresh).sign().tolist() == [[1.0, -1.0]]


def test_data_sets_do_not_mix():
    labels = torch.tensor([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0]])
    both = WilsonData.of(labels).minimum_norm()
    for place in range(2):
        alone = WilsonData.of(labels[place : place + 1]).minimum_norm()
        assert all(torch.equal(one[place], other[0]) for one, other in zip(both, alone, strict=True))


def test_cosine_of_a_vector_with_its_multiple_is_one():
    data = _data([1.0, -1.0, 1.0])
    sign = data.sign_vector()
    assert cosine(sign, [3 * part for part in sign]).item() == pytest.approx(1)
    turned = [sign[0] * torch.tensor([1.0, 1.0, -1.0]), sign[1]]
    flat = _flat(sign), _flat(turned)
    assert cosine(sign, turned).item() == pytest.approx(flat[0] @ flat[1] / (flat[0] @ flat[0]))


@pytest.mark.parametrize("labels", [torch.tensor([[1.0, 0.0]]), torch.tensor([1.0, -1.0])])
def test_refuses_other_labels(labels):
    with pytest.raises(ValueError, match="expected labels 1 or -1"):
        WilsonData.of(labels)
