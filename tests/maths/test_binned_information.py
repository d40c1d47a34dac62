from collections import Counter
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.metrics import mutual_info_score

from scripts.maths.binned_information import bin_codes, binary_entropy, code_information, exact_codes

VALUES = arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.floats(-2, 3))


def _same(codes):
    return codes[:, None] == codes[None, :]


@given(VALUES, st.integers(1, 2000))
def test_codes_agree_where_every_unit_is_in_the_same_bin(values, bins):
    low, high = -2.0, 3.0
    naive = np.minimum(np.floor((values - low) * (bins / (high - low))), bins - 1)
    np.testing.assert_array_equal(_same(bin_codes(values, bins, low=low, high=high)), _same_rows(naive))


def _same_rows(rows):
    return (rows[:, None] == rows[None]).all(2)


@given(VALUES)
def test_exact_codes_agree_where_all_numbers_do(values):
    coarse = np.round(values)  # so that some are equal, and some zeros negative
    np.testing.assert_array_equal(_same(exact_codes(coarse)), _same_rows(coarse))


def test_codes_of_saturated_units_do_not_meet():
    corners = np.array(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 7)).reshape(7, -1).T
    assert len(np.unique(exact_codes(corners))) == 3**7
    for bins in (2, 3, 2**20, 2**40):
        expected = 2**7 if bins == 2 else 3**7
        assert len(np.unique(bin_codes(corners, bins, low=-1, high=1))) == expected


def test_both_ends_belong_to_the_outer_bins():
    codes = bin_codes(np.array([[0.0], [0.24], [0.25], [0.99], [1.0]]), 4)
    assert codes[0] == codes[1] != codes[2]
    assert codes[3] == codes[4]


def test_every_net_is_binned_over_its_own_span():
    values = np.random.default_rng(0).random((3, 50, 2)) * np.array([1, 5, 9]).reshape(3, 1, 1)
    top = values.max((1, 2), keepdims=True)
    together = bin_codes(values, 6, high=top)
    for net in range(3):
        np.testing.assert_array_equal(together[net], bin_codes(values[net], 6, high=values[net].max()))


def test_what_never_moves_is_in_one_bin():
    assert len(np.unique(bin_codes(np.zeros((20, 3)), 5, high=0.0))) == 1


@given(arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 9)), st.integers(0, 10**6))
def test_information_equals_the_sum_over_a_table(codes, seed):
    chances = np.random.default_rng(seed).random(len(codes))
    count = len(codes)
    groups = Counter(codes.tolist())
    entropy = stats.entropy(list(groups.values()), base=2)
    table = np.array([[chances[codes == g].sum(), (1 - chances[codes == g]).sum()] for g in groups]) / count
    outer = table.sum(1, keepdims=True) * table.sum(0)
    found = code_information(codes, chances)
    assert found.inputs == pytest.approx(entropy, abs=1e-10)
    assert found.label == pytest.approx((table * np.log2(table / outer)).sum(), abs=1e-10)


def test_information_on_a_certain_label_is_scikit_learns():
    rng = np.random.default_rng(4)
    codes, labels = rng.integers(0, 7, 300), rng.integers(0, 2, 300)
    expected = mutual_info_score(labels, codes) / np.log(2)
    assert code_information(codes, labels.astype(float)).label == pytest.approx(expected, abs=1e-12)


def test_nets_are_measured_one_by_one():
    rng = np.random.default_rng(5)
    codes, chances = rng.integers(0, 2**63, (2, 3, 40)) % 11, rng.random(40)
    together = code_information(codes.astype(np.uint64), chances)
    for place in np.ndindex(2, 3):
        alone = code_information(codes[place], chances)
        assert together.inputs[place] == pytest.approx(float(alone.inputs), abs=1e-12)
        assert together.label[place] == pytest.approx(float(alone.label), abs=1e-12)


@pytest.mark.parametrize("bits", [1, 5, 9])
def test_a_code_that_keeps_everything_tells_everything_and_a_constant_nothing(bits):
    chances = np.linspace(0, 1, 2**bits)
    whole = binary_entropy(chances.mean()) - binary_entropy(chances).mean()
    kept, lost = code_information(np.arange(2**bits), chances), code_information(np.zeros(2**bits, int), chances)
    assert (kept.inputs, kept.label) == pytest.approx((bits, whole), abs=1e-12)
    assert (lost.inputs, lost.label) == pytest.approx((0, 0), abs=1e-12)


@given(st.integers(0, 10**6))
def test_merging_codes_never_adds_information(seed):
    rng = np.random.default_rng(seed)
    codes, chances = rng.integers(0, 20, 50), rng.random(50)
    fine, merged = code_information(codes, chances), code_information(codes // 3, chances)
    assert merged.inputs <= fine.inputs + 1e-12
    assert merged.label <= fine.label + 1e-12


def test_binary_entropy_of_a_coin_and_of_certainty():
    np.testing.assert_allclose(binary_entropy([0, 0.5, 1, 0.25]), [0, 1, 0, 2 - 0.75 * log2(3)])


@pytest.mark.parametrize("bins", [0, -3, 2**41])
def test_refuses_numbers_of_bins_that_make_no_sense(bins):
    with pytest.raises(ValueError, match=r"expected 1 to 2\^40 bins"):
        bin_codes(np.zeros((4, 2)), bins)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_refuses_activations_outside_of_the_bins(wrong):
    with pytest.raises(ValueError, match="found some outside"):
        bin_codes(np.array([[0.5], [wrong]]), 4)


@pytest.mark.parametrize(("chances", "message"), [([0.5], "one chance for each"), ([0.5, 1.2], "between 0 and 1")])
def test_refuses_chances_that_do_not_fit(chances, message):
    with pytest.raises(ValueError, match=message):
        code_information(np.array([3, 4]), np.array(chances))
