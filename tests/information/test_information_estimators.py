import numpy as np
import pytest

from scripts.article.errors import ArticleError
from scripts.article.settings import preset_values
from scripts.information.estimators import (
    NAMES,
    compute,
    contrast,
    draw_pairs,
    estimate_all,
    spread_exponent,
    spread_interval,
)
from scripts.information.settings import Estimators
from scripts.maths.infonce import gaussian_log_ratio, infonce

SMALL = Estimators(
    **preset_values(Estimators, "quick")
    | {"seeds": 6, "informations": [0.3, 1.5, 8.0], "information": 1.5, "sizes": [48, 96], "size": 96}
    | {"bins": [4, 10, 20], "batches": [6, 12, 24], "groups": 3, "neighbours": 2}
)


@pytest.fixture(scope="module")
def small():
    return compute(SMALL)


def test_pairs_have_their_information_and_grow_with_the_sample():
    settings = SMALL.model_copy(update={"seeds": 3})
    x, y = draw_pairs(settings, 0.7, 40_000)
    for one, other in zip(x, y, strict=True):
        rho = np.corrcoef(one, other)[0, 1]
        assert -0.5 * np.log(1 - rho**2) == pytest.approx(0.7, abs=0.03)
        assert other.std() == pytest.approx(1, abs=0.02)
    np.testing.assert_array_equal(draw_pairs(settings, 0.7, 50)[1], y[:, :50])


def test_bound_of_a_sample_is_the_mean_over_its_batches():
    x, y = draw_pairs(SMALL, 1.0, 24)
    found = contrast(x, y, np.exp(-2.0), 8)
    for seed in range(len(x)):
        parts = [gaussian_log_ratio(x[seed, at : at + 8], y[seed, at : at + 8], np.exp(-2.0)) for at in (0, 8, 16)]
        assert found[seed] == pytest.approx(np.mean([infonce(part) for part in parts]), abs=1e-12)


def test_estimates_come_in_the_order_of_their_names():
    found = estimate_all(SMALL, 1.5, 96)
    assert found.shape == (len(NAMES), 6)
    x, y = draw_pairs(SMALL, 1.5, 96)
    np.testing.assert_allclose(found[NAMES.index("infonce_many")], contrast(x, y, np.exp(-3.0), 24))
    assert (found[1] < np.log(4)).all()
    assert (found[1] < found[2]).all()


def test_nothing_passes_its_ceiling_however_strong_the_pair(small):
    ceilings, estimates = small.arrays["ceilings"], small.arrays["by_truth"]
    assert (estimates <= ceilings[:, None, None] + 1e-12).all()
    assert small.values["largest_excess"].value <= 0
    np.testing.assert_allclose(ceilings[1:], np.log([4, 10, 20, 6, 12, 24]))
    assert small.values["ceiling_infonce_few"].value < small.values["strong_truth"].value
    assert small.values["strong_infonce_few"].value == pytest.approx(np.log(6), abs=0.05)


def test_values_follow_from_the_arrays(small):
    errors = small.arrays["by_truth"][0, 1] - 1.5
    assert small.values["bias_neighbours"].value == pytest.approx(errors.mean())
    assert small.values["spread_neighbours"].value == pytest.approx(errors.std(ddof=1))
    assert small.values["error_neighbours"].value == pytest.approx(np.sqrt((errors**2).mean()))
    large = small.arrays["by_size"][NAMES.index("bins_many"), 1] - 1.5
    assert small.values["bias_large_bins_many"].value == pytest.approx(large.mean())
    assert small.values["rho"].value == pytest.approx(np.sqrt(1 - np.exp(-3)))


def test_exponent_of_a_known_decay():
    rng = np.random.default_rng(0)
    sizes = [10, 40, 160]
    estimates = 3 + np.array(sizes)[:, None] ** -0.8 * rng.standard_normal((3, 600))
    found = spread_exponent(estimates, sizes, 20)
    assert found.low < -0.8 < found.high
    assert found.high - found.low < 0.2


def test_spread_interval_covers_at_its_level():
    rng = np.random.default_rng(1)
    found = [spread_interval(2.5 * rng.standard_normal(12)) for _ in range(400)]
    covered = np.mean([one.low <= 2.5 <= one.high for one in found])
    assert 0.91 < covered < 0.985


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"information": 0.4}, r"information is 0\.4, expected one of"),
        ({"batches": [4, 7, 12]}, "7 pairs a batch do not fill a sample of 96"),
        ({"groups": 4}, "groups is 4, expected at most half"),
    ],
)
def test_refuses_settings_that_do_not_fit(change, message):
    with pytest.raises(ArticleError, match=message):
        compute(SMALL.model_copy(update=change))
