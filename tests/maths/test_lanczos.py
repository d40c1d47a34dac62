import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths.hessian_vector import scaled_product
from scripts.maths.lanczos import largest_eigenvalue


def symmetric(count: int, size: int, seed: int) -> torch.Tensor:
    entries = np.random.default_rng(seed).normal(size=(count, size, size))
    return torch.as_tensor(entries + entries.transpose(0, 2, 1))


def times(matrices: torch.Tensor):
    return lambda vectors: (matrices @ vectors[:, :, None])[:, :, 0]


def start(count: int, size: int, seed: int = 9) -> torch.Tensor:
    return torch.as_tensor(np.random.default_rng(seed).normal(size=(count, size)))


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 4), size=st.integers(1, 30), seed=st.integers(0, 10_000), shift=st.floats(-50, 50))
def test_the_largest_eigenvalue_is_eigvalshs(count, size, seed, shift):
    matrices = symmetric(count, size, seed) + shift * torch.eye(size, dtype=torch.float64)
    found = largest_eigenvalue(times(matrices), start(count, size), steps=size, tolerance=1e-12)
    expected = torch.linalg.eigvalsh(matrices)[:, -1]
    torch.testing.assert_close(found.values, expected, rtol=1e-9, atol=1e-8)
    image = times(matrices)(found.vectors) - found.values[:, None] * found.vectors
    assert image.norm(dim=1).max() < 1e-6
    torch.testing.assert_close(found.vectors.norm(dim=1), torch.ones(count, dtype=torch.float64))


def test_a_more_negative_eigenvalue_does_not_count():
    matrices = torch.diag_embed(torch.tensor([[-100.0, 0.5, 2.0, -3.0], [-5.0, -4.0, -1.0, -2.0]], dtype=torch.float64))
    found = largest_eigenvalue(times(matrices), start(2, 4), steps=4, tolerance=1e-12)
    torch.testing.assert_close(found.values, torch.tensor([2.0, -1.0], dtype=torch.float64))


def test_nets_whose_directions_run_out_early_wait_for_the_others():
    identity, rich = -3 * torch.eye(12, dtype=torch.float64), symmetric(1, 12, 1)[0]
    matrices = torch.stack([identity, rich])
    found = largest_eigenvalue(times(matrices), start(2, 12), steps=12, tolerance=1e-12)
    expected = torch.stack([torch.tensor(-3.0, dtype=torch.float64), torch.linalg.eigvalsh(rich)[-1]])
    torch.testing.assert_close(found.values, expected)
    assert (found.basis[0, 1:] == 0).all()
    gram = found.basis[1] @ found.basis[1].T
    torch.testing.assert_close(gram, torch.eye(len(gram), dtype=torch.float64), rtol=0, atol=1e-12)


def test_few_steps_stay_below_and_residuals_bound_the_error():
    spectrum = torch.cat([torch.linspace(0, 1, 300, dtype=torch.float64), torch.tensor([1.3], dtype=torch.float64)])
    matrices = torch.diag(spectrum)[None]
    errors = []
    for steps in (2, 6, 20):
        found = largest_eigenvalue(times(matrices), start(1, 301), steps=steps, tolerance=0)
        assert found.basis.shape[1] == steps
        error = float((spectrum[None] - found.values[:, None]).abs().min())
        assert error <= float(found.residuals) + 1e-12
        assert float(found.values) <= 1.3 + 1e-12
        errors.append(1.3 - float(found.values))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-4


def test_the_tolerance_ends_the_search():
    matrices = torch.diag(torch.cat([torch.linspace(0, 1, 200), torch.tensor([5.0])]).double())[None]
    loose = largest_eigenvalue(times(matrices), start(1, 201), steps=100, tolerance=1e-2)
    tight = largest_eigenvalue(times(matrices), start(1, 201), steps=100, tolerance=1e-8)
    assert loose.basis.shape[1] < tight.basis.shape[1] < 40
    assert float(tight.values) == pytest.approx(5.0, abs=1e-12)
    assert float(loose.residuals) <= 1e-2 * float(loose.values)


def test_the_sum_of_ritz_values_is_the_trace_on_the_basis():
    matrices = symmetric(3, 20, 4)
    found = largest_eigenvalue(times(matrices), start(3, 20), steps=7, tolerance=0)
    inside = found.basis @ matrices @ found.basis.transpose(1, 2)
    torch.testing.assert_close(found.ritz, inside.diagonal(dim1=1, dim2=2).sum(1))


def test_preconditioned_eigenvalues_are_those_of_the_product():
    matrices = symmetric(3, 15, 6)
    denominators = torch.as_tensor(np.random.default_rng(7).uniform(0.01, 2, (3, 15)))
    found = largest_eigenvalue(
        scaled_product(times(matrices), denominators**-0.5), start(3, 15), steps=15, tolerance=1e-12
    )
    expected = [
        np.linalg.eigvals(m / p[:, None]).real.max()
        for m, p in zip(matrices.numpy(), denominators.numpy(), strict=True)
    ]
    np.testing.assert_allclose(found.values, expected, rtol=1e-9)


@pytest.mark.parametrize("bad", [{"steps": 0}, {"start": torch.zeros(2, 3)}, {"start": torch.full((2, 3), torch.nan)}])
def test_bad_starts_are_refused(bad):
    arguments = {"start": torch.ones(2, 3), "steps": 3} | bad
    with pytest.raises(ValueError, match="steps of at least 1 and finite, nonzero starts"):
        largest_eigenvalue(lambda vectors: vectors, **arguments)
