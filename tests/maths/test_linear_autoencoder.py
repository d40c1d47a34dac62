import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths.linear_autoencoder import (
    critical_point,
    exact_index,
    exact_loss,
    exact_nullity,
    gradient,
    index_sets,
    loss,
)

EIGENVALUES = [0.7, 3.1, 1.9, 0.2, 2.4]  # in no order: the index must not rest on one


def rotated(eigenvalues, seed):
    drawn = np.random.default_rng(seed).standard_normal((len(eigenvalues), len(eigenvalues)))
    vectors = torch.as_tensor(np.linalg.qr(drawn)[0])
    return vectors, vectors @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ vectors.T


def dense_hessian(encoder, decoder, covariance):
    def flat(place):
        first, second = place.split([encoder.numel(), decoder.numel()])
        return loss(first.reshape(encoder.shape), second.reshape(decoder.shape), covariance)

    return torch.autograd.functional.hessian(flat, torch.cat([encoder.flatten(), decoder.flatten()]))


def test_the_loss_is_half_the_mean_squared_error_of_reconstruction():
    rng = np.random.default_rng(0)
    examples = rng.standard_normal((200, 4))
    encoder, decoder = rng.standard_normal((2, 4)), rng.standard_normal((4, 2))
    errors = examples - examples @ encoder.T @ decoder.T
    expected = 0.5 * (errors**2).sum(1).mean()
    found = loss(*(torch.as_tensor(each) for each in (encoder, decoder, examples.T @ examples / 200)))
    assert found.item() == pytest.approx(expected, rel=1e-12)


@given(st.integers(0, 1000), st.integers(1, 4))
@settings(max_examples=10, deadline=None)
def test_the_gradient_is_that_of_autograd(seed, hidden):
    rng = np.random.default_rng(seed)
    _, covariance = rotated(EIGENVALUES, seed)
    encoder = torch.as_tensor(rng.standard_normal((3, hidden, 5))).requires_grad_(True)
    decoder = torch.as_tensor(rng.standard_normal((3, 5, hidden))).requires_grad_(True)
    expected = torch.autograd.grad(loss(encoder, decoder, covariance).sum(), [encoder, decoder])
    for found, wanted in zip(gradient(encoder, decoder, covariance), expected, strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("hidden", [1, 2, 4])
def test_every_critical_point_has_the_loss_index_and_flat_directions_of_theory(hidden):
    vectors, covariance = rotated(EIGENVALUES, hidden)
    gauge = torch.as_tensor(np.random.default_rng(9).standard_normal((hidden, hidden))) + 2 * torch.eye(hidden)
    for chosen in index_sets(5, hidden):
        encoder, decoder = critical_point(chosen, 5, hidden, vectors=vectors, gauge=gauge)
        assert max(part.abs().max().item() for part in gradient(encoder, decoder, covariance)) < 1e-11
        assert loss(encoder, decoder, covariance).item() == pytest.approx(exact_loss(EIGENVALUES, chosen), abs=1e-11)
        spectrum = torch.linalg.eigvalsh(dense_hessian(encoder, decoder, covariance))
        tolerance = 1e-9 * spectrum.abs().max()
        assert (spectrum < -tolerance).sum() == exact_index(EIGENVALUES, chosen, hidden)
        assert (spectrum.abs() <= tolerance).sum() == exact_nullity(chosen, hidden)


def test_only_the_leading_eigenvectors_make_a_minimum():
    minima = [chosen for chosen in index_sets(5, 2) if exact_index(EIGENVALUES, chosen, 2) == 0]
    assert minima == [(1, 4)]
    assert exact_loss(EIGENVALUES, (1, 4)) == min(exact_loss(EIGENVALUES, chosen) for chosen in index_sets(5, 2))


def test_points_are_built_along_leading_axes():
    vectors = torch.stack([rotated(EIGENVALUES, seed)[0] for seed in range(3)])
    gauge = torch.stack([torch.eye(2, dtype=torch.float64) * scale for scale in (1, 2, 3)])
    encoder, decoder = critical_point((4, 0), 5, 2, vectors=vectors, gauge=gauge)
    for place in range(3):
        one = critical_point((4, 0), 5, 2, vectors=vectors[place], gauge=gauge[place])
        torch.testing.assert_close((encoder[place], decoder[place]), one)


def test_index_sets_are_counted():
    assert len(index_sets(6, 3)) == 1 + 6 + 15 + 20
    assert len(index_sets(2, 5)) == 4


@pytest.mark.parametrize("chosen", [(0, 0), (5,), (-1,)])
def test_eigenvectors_that_do_not_exist_are_refused(chosen):
    with pytest.raises(ValueError, match="expected different eigenvectors from 0 to 4"):
        critical_point(chosen, 5, 2)


def test_more_eigenvectors_than_hidden_units_are_refused():
    with pytest.raises(ValueError, match="at most 1 eigenvectors"):
        critical_point((0, 1), 5, 1)
