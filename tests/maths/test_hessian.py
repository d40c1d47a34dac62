import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths.hessian import count_signs, derivatives


def quartic(places):
    return (places**4).sum(1) + (places[:, 0] * places[:, 1]) ** 2 + torch.sin(places).prod(1)


@given(st.integers(1, 4), st.integers(2, 5), st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_derivatives_are_those_of_each_function_alone(runs, size, seed):
    places = torch.randn(runs, size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    gradients, hessians = derivatives(quartic, places)
    for run in range(runs):
        alone = torch.autograd.functional.hessian(lambda place: quartic(place[None])[0], places[run])
        torch.testing.assert_close(hessians[run], alone, rtol=1e-12, atol=1e-12)
        slope = torch.autograd.functional.jacobian(lambda place: quartic(place[None])[0], places[run])
        torch.testing.assert_close(gradients[run], slope, rtol=1e-12, atol=1e-12)


def test_signs_are_counted_by_size():
    spectra = torch.tensor([[-2.0, -1e-9, 1e-9, 1.0], [-1e-9, -1e-10, 1e-10, 1e-9]], dtype=torch.float64)
    negative, zero = count_signs(spectra, 1e-6)
    assert negative.tolist() == [1, 2]
    assert zero.tolist() == [2, 0]


def test_a_function_of_all_runs_together_is_refused():
    with pytest.raises(ValueError, match=r"one number for each of 3 runs, got shape \(\)"):
        derivatives(lambda places: (places**2).sum(), torch.ones(3, 2))
