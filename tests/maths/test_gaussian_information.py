import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from scripts.maths.gaussian_information import canonical_correlations, channel_information, correlation_information


def _covariance(size, seed):
    root = np.random.default_rng(seed).standard_normal((size, size + 2))
    return root @ root.T


def _information(joint, split):
    parts = joint[:split, :split], joint[split:, split:], joint
    first, second, both = (multivariate_normal(np.zeros(len(part)), part).entropy() for part in parts)
    return first + second - both


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 1000))
def test_correlations_give_the_information_of_the_covariance(first, second, seed):
    joint = _covariance(first + second, seed)
    blocks = torch.as_tensor(joint)
    rho = canonical_correlations(blocks[:first, :first], blocks[first:, first:], blocks[:first, first:])
    assert len(rho) == min(first, second)
    assert float(correlation_information(rho)) == pytest.approx(_information(joint, first), rel=1e-8)


def test_information_of_a_pair_of_numbers():
    found = correlation_information(torch.tensor([[0.0], [0.6], [-0.6]], dtype=torch.float64))
    np.testing.assert_allclose(found, [0, -np.log(0.8), -np.log(0.8)], atol=1e-12)


@pytest.mark.parametrize("width", [2, 6])
def test_channel_equals_the_joint_covariance(width):
    rng = np.random.default_rng(width)
    weights, noise = rng.standard_normal((3, 4, width)), np.array([0.3, 1.0, 5.0])
    found = channel_information(torch.as_tensor(weights), torch.as_tensor(noise))
    for one, sigma, information in zip(weights, noise, found, strict=True):
        joint = np.block([[np.eye(4), one], [one.T, one.T @ one + sigma**2 * np.eye(width)]])
        assert float(information) == pytest.approx(_information(joint, 4), abs=1e-9)


def test_channel_needs_noise():
    with pytest.raises(ValueError, match="noise > 0"):
        channel_information(torch.eye(2)[None], torch.zeros(1))
