import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths import hessian as automatic
from scripts.maths.relu_population_loss import gradient, hessian, loss


def draw(runs, units, size, dimension, seed):
    rng = np.random.default_rng(seed)
    student, teacher = rng.standard_normal((runs, units, dimension)), rng.standard_normal((size, dimension))
    return torch.as_tensor(student), torch.as_tensor(teacher)


def rectified_sum(examples, weights):
    return np.maximum(examples @ weights.T, 0).sum(1)


def test_the_loss_is_what_normal_examples_show():
    student, teacher = draw(2, 3, 4, 5, 0)
    examples = np.random.default_rng(1).standard_normal((200_000, 5))
    for run in range(2):
        halves = (rectified_sum(examples, student[run].numpy()) - rectified_sum(examples, teacher.numpy())) ** 2 / 2
        error = halves.std() / np.sqrt(halves.size)
        assert abs(loss(student, teacher)[run].item() - halves.mean()) < 4 * error


@given(st.integers(1, 4), st.integers(1, 3), st.integers(2, 4), st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_gradient_and_hessian_are_those_of_autograd(units, size, dimension, seed):
    student, teacher = draw(2, units, size, dimension, seed)

    def flat(places):
        # the diagonal, a unit with itself, has no derivative for autograd: ½ · ½‖w‖² by hand
        weights = places.reshape(student.shape)
        pairs = torch.tril(torch.ones(units, units), -1).nonzero()
        cross = sum(pairwise(weights[:, i], weights[:, j]) for i, j in pairs) if len(pairs) else 0.0
        taught = sum(pairwise(weights[:, i], each.expand(2, -1)) for i in range(units) for each in teacher)
        return 0.25 * (weights**2).sum((1, 2)) + cross - taught

    found = gradient(student, teacher).flatten(1), hessian(student, teacher)
    for one, other in zip(found, automatic.derivatives(flat, student.flatten(1)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-7, atol=1e-7)


def pairwise(one, other):
    """Return E max(0, w·x) max(0, v·x), shape (run,)."""
    lengths = one.norm(dim=1) * other.norm(dim=1)
    angle = torch.acos((one * other).sum(1) / lengths)
    return lengths * (torch.sin(angle) + (torch.pi - angle) * torch.cos(angle)) / (2 * torch.pi)


def test_the_teacher_is_its_own_best_student():
    teacher = torch.eye(4, dtype=torch.float64)
    itself = teacher[None][:, [2, 0, 3, 1]]
    assert loss(itself, teacher).item() == pytest.approx(0, abs=1e-14)
    assert gradient(itself, teacher).abs().max() < 1e-8
    assert torch.linalg.eigvalsh(hessian(itself, teacher)).min() > 0.05


def test_a_unit_split_in_two_stays_without_loss():
    teacher = torch.eye(3, dtype=torch.float64)
    split = torch.cat([0.3 * teacher[:1], 0.7 * teacher[:1], teacher[1:]])[None]
    assert loss(split, teacher).item() == pytest.approx(0, abs=1e-14)
    assert torch.linalg.eigvalsh(hessian(split, teacher)).min() > -1e-12  # flat along the split, and no way down


@given(st.permutations(range(4)), st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_the_order_of_units_does_not_matter(order, seed):
    student, teacher = draw(2, 4, 3, 3, seed)
    torch.testing.assert_close(loss(student[:, list(order)], teacher), loss(student, teacher))
    torch.testing.assert_close(gradient(student[:, list(order)], teacher), gradient(student, teacher)[:, list(order)])


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(
        ValueError, match=r"a student \(run, n, d\) and a teacher \(k, d\), got \(2, 3, 4\) and \(3, 5\)"
    ):
        loss(torch.ones(2, 3, 4), torch.ones(3, 5))
