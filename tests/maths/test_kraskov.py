import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_regression

from scripts.maths.kraskov import kraskov_ceiling, kraskov_information
from scripts.maths.statistics import mean_interval


def _pairs(n, rho, seed):
    rng = np.random.default_rng(seed)
    x, other = rng.standard_normal((2, n))
    return x, rho * x + np.sqrt(1 - rho**2) * other


@pytest.mark.parametrize("neighbours", [1, 2, 5])
@pytest.mark.parametrize("rho", [0.2, -0.7, 0.9999])
def test_equals_scikit_learn(neighbours, rho):
    x, y = _pairs(300, rho, neighbours)
    x, y = x / x.std(), y / y.std()  # scikit-learn scales by itself
    reference = mutual_info_regression(x[:, None], y, n_neighbors=neighbours, random_state=0)[0]
    assert max(kraskov_information(x, y, neighbours), 0) == pytest.approx(reference, abs=1e-9)


def test_covers_the_exact_information_of_a_pair():
    found = mean_interval([kraskov_information(*_pairs(600, 0.75, seed)) for seed in range(30)], level=0.999)
    exact = -0.5 * np.log(1 - 0.75**2)
    assert found.low - 0.02 <= exact <= found.high + 0.02  # a bias of 0.02 at this n is the method's
    assert found.high - found.low < 0.1


def test_may_come_out_negative_for_independent_numbers():
    found = [kraskov_information(*_pairs(200, 0.0, seed)) for seed in range(20)]
    assert min(found) < 0 < max(found)


@pytest.mark.parametrize("neighbours", [1, 4])
def test_no_sample_passes_the_ceiling_and_equal_numbers_reach_it(neighbours):
    ceiling = kraskov_ceiling(150, neighbours)
    assert all(kraskov_information(*_pairs(150, rho, 3), neighbours) < ceiling for rho in (0.5, 0.99, 0.9999999))
    x = np.random.default_rng(1).standard_normal(150)
    almost = kraskov_information(x, x + 1e-7 * np.random.default_rng(2).standard_normal(150), neighbours)
    assert almost == pytest.approx(ceiling, abs=0.6 / neighbours)


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"one shape \(n,\)"):
        kraskov_information(np.zeros(5), np.zeros(4))
    with pytest.raises(ValueError, match="neighbours < n, got 5 neighbours and 5 points"):
        kraskov_information(np.arange(5.0), np.arange(5.0), 5)
