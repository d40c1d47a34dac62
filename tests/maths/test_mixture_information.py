import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths.mixture_information import mixture_information
from scripts.maths.statistics import mean_interval


def _quadrature(means, deviations, labels):
    """Return I(X; Z) and I(Y; Z) of a mixture on the line by sums over a fine grid."""
    grid = np.linspace((means - 9 * deviations).min(), (means + 9 * deviations).max(), 40_001)
    width = grid[1] - grid[0]
    each = (
        np.exp(-(((grid - means[:, None]) / deviations[:, None]) ** 2) / 2) / deviations[:, None] / np.sqrt(2 * np.pi)
    )

    def uncertainty(density):
        return -(density[density > 0] * np.log(density[density > 0])).sum() * width

    total = uncertainty(each.mean(0))
    given_input = np.mean([uncertainty(row) for row in each])
    given_label = sum((labels == y).mean() * uncertainty(each[labels == y].mean(0)) for y in np.unique(labels))
    return total - given_input, total - given_label


@pytest.mark.parametrize(
    ("means", "deviations", "labels"),
    [
        ([0.0, 1.0, 1.5, 4.0, 4.2], [0.5, 0.5, 0.5, 0.5, 0.5], [0, 1, 1, 0, 1]),
        ([0.0, 0.1, -2.0, 3.0], [1.0, 0.05, 0.4, 2.0], [0, 0, 2, 2]),
    ],
)
def test_on_the_line_it_equals_quadrature(means, deviations, labels):
    exact = _quadrature(np.array(means), np.array(deviations), np.array(labels))
    rng = np.random.default_rng(0)
    column = torch.tensor(means)[:, None], torch.tensor(deviations)[:, None]
    found = np.array(
        [
            mixture_information(*column, torch.as_tensor(rng.normal(size=(80, len(means), 1))), torch.tensor(labels))
            for _ in range(40)
        ]
    )
    for rows, truth in zip(found.T, exact, strict=True):
        _, low, high, _ = mean_interval(rows, level=0.999)
        assert low < truth < high
        assert high - low < 0.05


def _case(seed, count, units, spread):
    rng = np.random.default_rng(seed)
    means = torch.as_tensor(rng.normal(0, 3, (count, units)))
    deviations = torch.as_tensor(np.exp(rng.normal(0, spread, (count, units))))
    draws = torch.as_tensor(rng.normal(size=(2, count, units)))
    return means, deviations, draws, torch.as_tensor(rng.integers(0, 3, count))


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 5), st.floats(0, 2))
def test_it_equals_the_sum_written_out_and_never_passes_log_n(seed, count, units, spread):
    means, deviations, draws, labels = _case(seed, count, units, spread)
    density = torch.distributions.Normal(means, deviations)
    terms = []
    for drawn in draws:
        for place, code in enumerate(means + deviations * drawn):
            chances = density.log_prob(code).sum(1).exp()
            whole, own = chances.mean(), chances[labels == labels[place]].mean()
            terms.append([(chances[place] / whole).log(), (own / whole).log()])
    found = mixture_information(means, deviations, draws, labels)
    np.testing.assert_allclose(found, np.mean(terms, axis=0), atol=1e-6)
    assert found[0] <= np.log(count) + 1e-9


def test_codes_far_apart_tell_all_and_equal_codes_nothing():
    labels = torch.tensor([0, 0, 1, 2, 2, 2])
    draws = torch.as_tensor(np.random.default_rng(1).normal(size=(3, 6, 2)))
    apart = 1e4 * torch.arange(12.0).reshape(6, 2)
    shares = np.array([2, 1, 3]) / 6
    assert mixture_information(apart, torch.ones(6, 2), draws, labels) == pytest.approx(
        (np.log(6), -(shares * np.log(shares)).sum())
    )
    assert mixture_information(torch.ones(6, 2), torch.ones(6, 2), draws, labels) == pytest.approx((0, 0), abs=1e-12)


def test_it_does_not_depend_on_units_of_the_code_or_on_a_shift():
    means, deviations, draws, labels = _case(5, 40, 3, 0.5)
    scale, shift = torch.tensor([1e-3, 1.0, 50.0]), torch.tensor([7.0, -3.0, 100.0])
    moved = mixture_information(means * scale + shift, deviations * scale, draws, labels)
    assert moved == pytest.approx(mixture_information(means, deviations, draws, labels), abs=1e-6)


def test_bad_inputs_are_refused():
    means, deviations, draws, labels = _case(0, 4, 2, 0.1)
    with pytest.raises(ValueError, match="positive and finite deviations"):
        mixture_information(means, deviations - 10, draws, labels)
    for wrong in (
        (means[:3], deviations, draws, labels),
        (means, deviations, draws[:0], labels),
        (means, deviations, draws, labels[:2]),
    ):
        with pytest.raises(ValueError, match="expected shapes"):
            mixture_information(*wrong)
