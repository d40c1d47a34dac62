import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.maths.relu_population_loss import gradient, loss
from scripts.optimization.settings import Spurious
from scripts.optimization.spurious import compute, descend, draw_starts, follow, judge

SMALL = Spurious(**preset_values(Spurious, "quick") | {"seeds": 10, "sizes": [3], "extras": [0], "first_seed": 50})


def test_descent_together_is_descent_alone():
    teacher = torch.eye(3, dtype=torch.float64)
    settings = SMALL.model_copy(update={"steps": 250})
    starts = draw_starts(settings, 3, 4)
    together = descend(starts, teacher, settings)
    for run in (0, 7):
        alone = starts[run : run + 1]
        for step in range(250):
            if step % 100 == 0 and loss(alone, teacher) < settings.solved:
                break
            alone = alone - settings.learning_rate * gradient(alone, teacher)
        torch.testing.assert_close(together[run], alone[0], rtol=0, atol=1e-9)


def test_starts_have_the_variance_of_glorot_and_bengio_and_a_seed_each():
    starts = draw_starts(SMALL.model_copy(update={"seeds": 400}), 3, 5)
    assert starts.var().item() == pytest.approx(2 / 8, rel=0.1)
    alone = draw_starts(SMALL.model_copy(update={"seeds": 1, "first_seed": 53}), 3, 5)
    assert torch.equal(alone[0], starts[3])


def test_a_small_student_finds_the_teacher():
    ends = follow(SMALL, 3, 4)
    assert ends.solved.all()
    assert not ends.minima.any()
    assert np.isnan(ends.curvatures).all()


def test_a_bad_end_is_a_minimum_that_no_small_step_leaves():
    settings = SMALL.model_copy(update={"seeds": 30, "first_seed": 0, "steps": 6000})
    teacher = torch.eye(9, dtype=torch.float64)
    student = descend(draw_starts(settings, 9, 9), teacher, settings)
    ends = judge(student, teacher, settings)
    bad = np.flatnonzero(ends.minima)
    assert bad.size  # about one run in five at this size
    assert (ends.losses[bad] > 1e-3).all()
    drawn = torch.as_tensor(np.random.default_rng(0).standard_normal((200, 9, 9)))
    for run in bad[:2]:
        around = student[run] + 1e-3 * drawn / drawn.norm(dim=(1, 2), keepdim=True)
        assert (loss(around, teacher) > loss(student[run][None], teacher)).all()


def test_a_saddle_is_no_minimum():
    # two units on the way between two teachers, and one where it should be: at rest, and not in a minimum
    teacher = torch.eye(2, dtype=torch.float64)
    student = torch.ones(1, 2, 2, dtype=torch.float64) * 0.4 + torch.tensor([[[0.0, 0.0], [1e-9, 0.0]]])
    for _ in range(4000):
        student = student - 0.3 * gradient(student, teacher)
        student = student.mean((1, 2), keepdim=True).expand(1, 2, 2)  # kept on the symmetric line
    ends = judge(student, teacher, SMALL.model_copy(update={"tolerance": 1e-6}))
    assert not ends.solved[0]
    assert ends.stuck[0]
    assert not ends.minima[0]
    assert ends.undecided[0]


def test_shares_count_runs():
    result = compute(SMALL.model_copy(update={"sizes": [2, 3], "extras": [0, 1]}))
    assert result.arrays["shares"].shape == (2, 2, 4)
    assert result.values["bad_wider"].n == 10
    assert result.values["undecided"].n == 40
    assert result.values["bad_loss"].note in {"fewer than two bad ends", "mean over the bad ends of bad_matched"}
    assert result.arrays["losses"].shape == (2, 10)
