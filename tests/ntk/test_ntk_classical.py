"""Classifiers on small data sets, the tangent kernel's support vector machine among them."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC

from scripts.article.settings import preset_values
from scripts.maths.nested_cross_validation import Part, draw_split, make_part
from scripts.ntk import classical
from scripts.ntk.classifiers import forest, gaussian, grams, methods, network, tangent
from scripts.ntk.settings import Classical

SMALL = Classical(
    **preset_values(Classical, "quick")
    | {"seeds": 3, "first_seed": 4, "tasks": ["wine", "diabetes"], "training": 60, "hidden": [1, 3], "width": 8}
    | {"costs": [1.0, 100.0], "gammas": [0.3, 2.0], "ridges": [0.01, 5.0], "trees": 8, "bias_variance": 0.3}
    | {"epochs": [2, 20], "penalties": [0.0, 0.5], "net_hidden": [1, 2]}
)
NAMES = ("ntk", "rbf", "ridge", "forest", "net")


@pytest.fixture(scope="module")
def parts():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(3, 5))
    labels = np.repeat([0, 1, 2], [54, 24, 12])
    inputs = centres[labels] + rng.normal(size=(90, 5))
    splits = [draw_split(labels, 60, 3, np.random.default_rng(seed)) for seed in range(2)]
    return [make_part(inputs, labels, split.training, split.fresh, split.seeds[-1]) for split in splits]


def test_kernels_are_scikit_learns_and_the_limits_own(parts):
    one, two = parts[0].inputs, parts[0].fresh
    assert gaussian(one, two, gamma=0.7) == pytest.approx(rbf_kernel(one, two, gamma=0.7 / 5))
    linear = tangent(one, two, hidden=0, settings=SMALL)
    assert linear == pytest.approx(one @ two.T / 5 + 0.3)
    rows = list(grams({1.0: lambda a, b: 4 * (a @ b.T + 1)}, parts[0], [(1.0, 3.0), (1.0, 7.0)]))
    (fitted, fresh, members), *rest = rows
    assert not rest
    assert members == [(0, 3.0), (1, 7.0)]
    assert fitted.diagonal().mean() == pytest.approx(1)
    assert fresh == pytest.approx((two @ one.T + 1) / (one @ one.T + 1).diagonal().mean())


def test_the_rbf_machine_is_scikit_learns(parts):
    answer, candidates = methods(SMALL)["rbf"]
    found = answer(parts, candidates)
    assert candidates == [(0.3, 1.0), (0.3, 100.0), (2.0, 1.0), (2.0, 100.0)]
    for part, each in zip(parts, found, strict=True):
        for (gamma, cost), named in zip(candidates, each, strict=True):
            oracle = SVC(C=cost, gamma=gamma / 5).fit(part.inputs, part.labels)
            assert (named == oracle.predict(part.fresh)).all()


def test_kernel_regression_on_no_hidden_layer_is_ridge_regression(parts):
    settings = SMALL.model_copy(update={"hidden": [0], "bias_variance": 0.0})
    answer, candidates = methods(settings)["ridge"]
    assert candidates == [(0.0, 5.0), (0.0, 0.01)]  # the larger ridge first
    for part, each in zip(parts, answer(parts, candidates), strict=True):
        size = (part.inputs**2).sum(1).mean()
        for (_, ridge), named in zip(candidates, each, strict=True):
            oracle = Ridge(alpha=ridge * size).fit(part.inputs, np.eye(3)[part.labels])
            assert (named == oracle.predict(part.fresh).argmax(1)).all()


def test_kernel_regression_shrinks_towards_the_mean(parts):
    """With a huge ridge all inputs get the commonest class, with others what the formula says."""
    answer, ridges = methods(SMALL)["ridge"][0], (1e9, 3.0, 1.0, 0.3, 0.1)
    found = answer(parts, [(3.0, ridge) for ridge in ridges])
    assert (found[:, 0] == 0).all()
    for part, answers in zip(parts, found, strict=True):
        fitted, fresh = (tangent(one, part.inputs, hidden=3, settings=SMALL) for one in (part.inputs, part.fresh))
        targets = np.eye(3)[part.labels]
        for ridge, named in zip(ridges, answers, strict=True):
            oracle = KernelRidge(alpha=ridge * fitted.diagonal().mean(), kernel="precomputed")
            outputs = targets.mean(0) + oracle.fit(fitted, targets - targets.mean(0)).predict(fresh)
            assert (named == outputs.argmax(1)).all()


def test_a_net_alone_answers_as_it_does_among_others(parts):
    candidates = methods(SMALL)["net"][1]
    assert candidates[0] == (1, 0.5, 2)
    together = network(SMALL, parts, candidates)
    for k in (0, 3, 7):
        for place, part in enumerate(parts):
            assert (network(SMALL, [part], [candidates[k]])[0, 0] == together[place, k]).mean() > 0.95  # float32


def test_nets_fit_what_they_are_trained_on(parts):
    seen = [Part(part.inputs, part.labels, part.inputs, part.seed) for part in parts]
    named = network(SMALL, seen, [(2, 0.0, 80)])[:, 0]
    assert np.mean([(each == part.labels).mean() for part, each in zip(parts, named, strict=True)]) > 0.9


def test_forests_hang_on_their_part_alone(parts):
    both = forest(SMALL, parts, [()])
    assert (forest(SMALL, parts[1:], [()])[0] == both[1]).all()
    seen = [Part(part.inputs, part.labels, part.inputs, part.seed) for part in parts]
    for part, named in zip(parts, forest(SMALL, seen, [()]), strict=True):
        assert (named[0] == part.labels).mean() > 0.9


@pytest.mark.parametrize(("examples", "size"), [(150, 60), (80, 51), (61, 39)])
def test_two_thirds_in_equal_folds_are_trained_on(examples, size):
    assert classical.training_size(SMALL, examples) == size


def test_values_are_paired_means():
    result = classical.compute(SMALL)
    values, arrays = result.values, result.arrays
    assert all(np.isfinite(value.value) for value in values.values())
    rows = {name: arrays[f"accuracy_{name}"] for name in NAMES}
    for name in NAMES:
        assert rows[name].shape == (2, 3)
        assert values[name].value == pytest.approx(rows[name].mean())
        assert values[f"wine_{name}"].value == pytest.approx(rows[name][0].mean())
        assert values[name].value > 60  # wine is easy
    difference = rows["net"] - rows["ntk"]
    assert values["net_minus_ntk"].value == pytest.approx(difference.mean())
    assert (values["net_minus_ntk"].n, values["net_minus_ntk_sets"].n) == (3, 2)
    half = 12.706 * difference.mean(1).std(ddof=1) / np.sqrt(2)
    assert values["net_minus_ntk_sets"].high == pytest.approx(difference.mean() + half, rel=1e-3)
    assert values["wine_commonest"].value == pytest.approx(100 * 71 / 178)


def test_permuted_labels_give_chance(monkeypatch):
    """A leak would show: every method and its choice of parameters meets labels that nothing can be learned about."""
    inputs, labels = np.random.default_rng(1).normal(size=(400, 6)), np.arange(400) % 2
    monkeypatch.setattr(classical, "load_task", lambda name: (inputs, np.random.default_rng(2).permutation(labels)))
    found = classical.compute(SMALL.model_copy(update={"seeds": 4})).values
    for name in NAMES:
        assert found[name].value == pytest.approx(50, abs=6)
