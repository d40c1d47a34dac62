import numpy as np
import pytest

from scripts.article.settings import preset_values
from scripts.maths.goe import log_chances, positive_chance
from scripts.optimization.saddles import LIMIT, compute, index_shares
from scripts.optimization.settings import Saddles

SMALL = Saddles(
    **preset_values(Saddles, "quick")
    | {"seeds": 12, "particles": 3000, "largest": 7, "exact_largest": 15, "first_seed": 900, "index_size": 60}
)


@pytest.fixture(scope="module")
def result():
    return compute(SMALL)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_sampled_chances_lie_around_the_exact_ones(result, size):
    value, exact = result.values[f"p_positive_{size}"], result.values[f"p_positive_{size}_exact"]
    half = (value.high - value.low) / 2  # of a 95 % interval; four tests allow twice as much
    assert abs(value.value - exact.value) < 2 * half
    assert value.n == 12
    if size <= 3:
        assert exact.value == positive_chance(size)
    assert exact.value == pytest.approx(np.exp(log_chances(5)[size - 1]), rel=1e-9)


def test_second_differences_lie_around_the_exact_ones(result):
    for row, exact in zip(result.arrays["difference"].T, result.arrays["difference_exact"], strict=False):
        assert abs(row[0] - exact) < 2.5 * (row[2] - row[1]) / 2
    assert result.values["second_difference_exact"].value == LIMIT == pytest.approx(0.5493, abs=1e-4)
    assert result.values["second_difference_finite"].value == result.arrays["difference_exact"][4]  # sizes 5, 6 and 7
    assert result.values["second_difference_large"].value == pytest.approx(LIMIT, abs=1e-3)


def test_the_leading_order_is_far_off_at_small_sizes(result):
    assert result.values["leading_order_5"].value == pytest.approx(3 ** (-25 / 4))
    ratio = 3 ** (-25 / 4) / result.values["p_positive_5_exact"].value
    assert result.values["leading_order_ratio_5"].value == pytest.approx(ratio)


def test_shares_follow_the_semicircle(result):
    shares, exact = result.arrays["index"], result.arrays["index_exact"]
    error = shares.std(1, ddof=1) / np.sqrt(shares.shape[1])
    assert (np.abs(shares.mean(1) - exact) < 5 * error + 1 / 60).all()  # at a finite size the edge is blurred
    assert (np.diff(shares.mean(1)) >= 0).all()
    assert result.values["index_gap"].value == np.abs(shares.mean(1) - exact).max()


def test_a_seed_does_not_depend_on_the_others():
    one = index_shares(SMALL.model_copy(update={"seeds": 1, "first_seed": 903}))[1]
    assert (one[:, 0] == index_shares(SMALL)[1][:, 3]).all()
