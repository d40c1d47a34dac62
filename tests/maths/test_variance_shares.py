from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f_oneway

from scripts.maths.variance_shares import variance_shares


def design(shape, parts):
    """Return the dummy columns of the cell means of the given groups of axes."""
    columns = [np.ones(np.prod(shape))]
    places = np.indices(shape).reshape(len(shape), -1)
    for part in parts:
        for levels in product(*(range(shape[axis]) for axis in part)):
            columns.append(np.all([places[axis] == level for axis, level in zip(part, levels, strict=True)], axis=0))
    return np.stack(columns, axis=1).astype(float)


def explained(table, parts):
    """Return the sum of squares that least squares on dummy variables explains."""
    flat = table.ravel() - table.mean()
    columns = design(table.shape, parts)
    return ((columns @ np.linalg.lstsq(columns, flat, rcond=None)[0]) ** 2).sum()


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
def test_each_share_is_what_least_squares_gains_by_the_effect(shape):
    table = np.random.default_rng(0).normal(size=shape)
    total = ((table - table.mean()) ** 2).sum()
    axes = range(len(shape))
    for part in chain.from_iterable(combinations(axes, size) for size in axes if size):
        lower = list(combinations(part, len(part) - 1)) if len(part) > 1 else []
        gain = explained(table, [*lower, part]) - explained(table, lower)
        assert variance_shares(table)[part] == pytest.approx(gain / total)


@given(st.lists(st.integers(2, 4), min_size=1, max_size=4), st.integers(0, 1000))
def test_shares_add_up_to_one_whatever_unit_and_zero(shape, seed):
    table = np.random.default_rng(seed).normal(size=shape)
    found = variance_shares(table)
    assert len(found) == 2 ** len(shape) - 1
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= 0
    assert variance_shares(5 - 3 * table) == pytest.approx(found)


def test_additive_factors_have_their_variances_and_no_interaction():
    first, second = np.array([0.0, 1.0, 5.0]), np.array([2.0, -2.0])
    found = variance_shares(first[:, None] + second)
    total = first.var() + second.var()
    assert found == pytest.approx({(0,): first.var() / total, (1,): second.var() / total, (0, 1): 0})


def test_one_factor_agrees_with_the_one_way_test():
    table = np.random.default_rng(1).normal(size=(4, 6)) + np.arange(4)[:, None]
    share = variance_shares(table)[(0,)]
    assert share / (1 - share) * 20 / 3 == pytest.approx(f_oneway(*table).statistic)


def test_a_table_without_variance_is_refused():
    with pytest.raises(ValueError, match="got a table of variance 0"):
        variance_shares(np.ones((2, 3)))
