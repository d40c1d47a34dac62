import numpy as np
import pytest
import torch
from pydantic import ValidationError

from scripts.article.settings import preset_values
from scripts.bayesian.classifiers import METHODS, fit_nets, predict
from scripts.bayesian.faraway import compute, confidences, digits, distances, draw_rays, exact_limits, measure, moons
from scripts.bayesian.settings import Faraway

SMALL = {
    **{"seeds": 3, "points": 80, "widths": [9, 7], "epochs": 6, "members": 3, "passes": 4, "held_out": 50},
    **{"precisions": [0.5, 5.0, 50.0], "moons_points": 90, "moons_fresh_points": 320, "moons_widths": [8, 6]},
    **{"moons_epochs": 15, "directions": 25, "per_decade": 2, "grid": 12},
}


def small(**changes) -> Faraway:
    return Faraway(**preset_values(Faraway, "quick") | SMALL | changes)


@pytest.fixture(scope="module")
def result():
    return compute(small())


@pytest.fixture(scope="module")
def followed():
    """Settings, data, nets and rays on two moons."""
    task = moons(small())
    return task, fit_nets(task.settings, task.inputs, task.labels, "test.faraway"), draw_rays(task)


@pytest.mark.parametrize("draw", [moons, digits])
def test_rays_start_at_the_mean_and_a_step_reaches_the_farthest_point(draw):
    task = draw(small())
    rays = draw_rays(task)
    for seed in range(3):
        points = task.inputs[seed].numpy()
        reach = max(np.linalg.norm(point - points.mean(0)) for point in points)
        np.testing.assert_allclose(rays.steps[seed].norm(dim=1).numpy(), reach)
        np.testing.assert_allclose(rays.start[seed].numpy(), points.mean(0))
    places = rays.at([1.0, 100.0])
    torch.testing.assert_close(places[1, 25 + 3], rays.start[1] + 100 * rays.steps[1, 3])


def test_directions_are_spread_over_the_sphere():
    task = digits(small(directions=400))
    steps = draw_rays(task).steps[0]
    units = steps / steps.norm(dim=1, keepdim=True)
    assert float(units.mean(0).norm()) < 0.1  # its expectation is 1/sqrt(400) = .05
    torch.testing.assert_close(units.T @ units / 400, torch.eye(64).double() / 64, rtol=0, atol=0.006)


@pytest.mark.parametrize("per_decade", [1, 3, 4])
def test_powers_of_ten_are_among_the_distances(per_decade):
    found = distances(small(per_decade=per_decade))
    assert found[0] == pytest.approx(0.1)
    assert found[-1] == pytest.approx(1000)
    for power in range(3):
        assert found[(power + 1) * per_decade] == pytest.approx(10.0**power)


def test_values_are_taken_at_their_distances(followed):
    task, nets, rays = followed
    look = measure(task, nets, rays)
    again = confidences(predict(nets, rays.at([100.0])))
    np.testing.assert_allclose(look.along[:, :, 3 * task.settings.per_decade], again, atol=1e-12)
    assert look.along.shape == (4, 3, 9, 25)
    assert look.chance == 0.5


def test_far_out_every_method_is_at_its_exact_limit(result):
    for prefix in ("", "digits_"):
        for method in ("plain", "ensemble", "laplace"):
            assert result.values[f"{prefix}{method}_limit_difference"].value < 1e-5, (prefix, method)
            measured, exact = (result.values[f"{prefix}{method}_limit{end}"].value for end in ("", "_exact"))
            assert measured == pytest.approx(exact, abs=1e-5)
    assert result.values["laplace_binary_limit_difference"].value < 1e-5


def test_the_limit_of_the_ensemble_is_the_mean_of_its_votes_far_out(followed):
    task, nets, rays = followed
    found = nets.members(rays.at([1e9]).repeat(3, 1, 1)).detach().softmax(2).reshape(3, 3, 25, 2)
    limits = exact_limits(task.settings, nets, rays)[0]
    np.testing.assert_allclose(limits["ensemble"], found.mean(0).max(2).values.numpy(), atol=1e-6)
    np.testing.assert_allclose(limits["plain"], found[0].max(2).values.numpy(), atol=1e-6)
    votes = limits["ensemble"] * 3  # one net one vote, but where all units of a net are off
    assert np.mean(np.abs(votes - votes.round()) < 1e-9) > 0.5
    assert len(np.unique(limits["ensemble"].round(9))) > 1


def test_values_lie_where_they_must(result):
    values = result.values
    for prefix, chance in (("", 0.5), ("digits_", 0.1)):
        for method in METHODS:
            mean, least = values[f"{prefix}{method}_confidence"], values[f"{prefix}{method}_least"]
            assert chance <= least.value <= mean.value <= 1
            assert chance <= mean.low <= mean.high <= 1
        assert values[f"{prefix}laplace_limit_largest"].high <= 1
    assert values["laplace_binary_bound"].value >= values["laplace_binary_limit_exact"].value
    assert values["laplace_weak_confidence"].value < values["laplace_strong_confidence"].value
    assert values["laplace_weak_confidence"].value < values["laplace_confidence"].value


def test_arrays_hold_what_the_picture_shows(result):
    arrays = result.arrays
    for prefix in ("", "digits_"):
        assert arrays[f"{prefix}along"].shape == (4, 3, 9)
        assert arrays[f"{prefix}held"].shape == (3, 9)
        decides = arrays[f"{prefix}along"][METHODS.index("laplace"), :, 6].mean()
        assert decides == pytest.approx(result.values[f"{prefix}laplace_confidence"].value)
    assert arrays["map_plain"].shape == arrays["map_laplace"].shape == (12, 12)
    unsure = [np.abs(arrays[name] - 0.5).mean() for name in ("map_laplace", "map_plain")]
    assert unsure[0] < unsure[1]


def test_results_repeat():
    one, other = (compute(small(seeds=3, epochs=1, moons_epochs=1, directions=3)) for _ in "ab")
    assert one.values == other.values


def test_a_limit_that_is_too_near_is_refused():
    with pytest.raises(ValidationError, match="limit_distance"):
        small(limit_distance=500.0)
