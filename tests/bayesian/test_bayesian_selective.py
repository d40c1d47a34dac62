import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from scripts.article.settings import preset_values
from scripts.bayesian.classifiers import METHODS, Prediction
from scripts.bayesian.selective import (
    FOREIGN,
    agreement,
    certainty,
    compute,
    draw_task,
    drawn_curves,
    measure,
    split_answers,
    without_first,
)
from scripts.bayesian.settings import Selective
from scripts.maths.digits import draw_digits

SMALL = Selective(
    **preset_values(Selective, "quick")
    | {"seeds": 3, "first_seed": 8, "points": 70, "widths": [8, 6], "epochs": 10, "members": 2, "passes": 3}
    | {"held_out": 30, "precisions": [1.0, 50.0], "foreign": 25}
)


@pytest.fixture(scope="module")
def task():
    return draw_task(SMALL)


@pytest.fixture(scope="module")
def found():
    return compute(SMALL)


def answers(count, seed=0, disagreement=True):
    rng = np.random.default_rng(seed)
    logs = torch.as_tensor(rng.normal(0, 2, (2, count, 4))).log_softmax(2)
    return Prediction(logs, torch.as_tensor(rng.random((2, count))) if disagreement else None)


def test_the_missing_digit_changes_and_appears_nowhere_else(task):
    assert task.missing.tolist() == [8, 9, 0]
    split = draw_digits(SMALL.points, SMALL.seed_block, "bayesian.selective.split")
    images, labels = torch.cat([split.inputs, split.fresh], 1), torch.cat([split.labels, split.fresh_labels], 1)
    for seed in range(3):
        named = {row.numpy().tobytes(): int(label) for row, label in zip(images[seed], labels[seed], strict=True)}
        others = [digit for digit in range(10) if digit != task.missing[seed]]
        known, classes = (
            torch.cat([task.inputs[seed], task.fresh[seed]]),
            [*task.labels[seed], *task.fresh_labels[seed]],
        )
        assert [named[row.numpy().tobytes()] for row in known] == [others[int(one)] for one in classes]
        assert {named[row.numpy().tobytes()] for row in task.foreign["unknown"][seed]} == {task.missing[seed]}
        assert len({row.numpy().tobytes() for row in known}) == len(known)  # none is trained on and judged
    assert task.inputs.shape[1] == 70
    assert task.fresh.shape[1] == 1797 - 183 - 70  # 183 images of a 3, the most frequent digit
    assert task.foreign["unknown"].shape[1] == 174  # of an 8, the rarest


def test_shuffled_images_keep_their_pixels_but_not_their_places(task):
    sorted_fresh = {row.sort().values.numpy().tobytes() for row in task.fresh[1]}
    shuffled = task.foreign["shuffled"][1]
    assert {row.sort().values.numpy().tobytes() for row in shuffled} <= sorted_fresh
    assert not {row.numpy().tobytes() for row in shuffled} & {row.numpy().tobytes() for row in task.fresh[1]}


def test_noise_takes_all_grey_levels_evenly(task):
    levels = (16 * task.foreign["noise"]).round().long().flatten().bincount(minlength=17)
    expected = task.foreign["noise"].numel() / 17
    assert len(levels) == 17
    assert ((levels - expected) ** 2 / expected).sum() < 45  # chi-squared with 16 degrees of freedom


def test_measures_are_scikit_learns_and_plain_counts():
    parts = {"known": answers(60)} | {kind: answers(20, seed) for seed, kind in enumerate(FOREIGN, 1)}
    labels = np.random.default_rng(9).integers(0, 4, (2, 60))
    rows = measure(parts, labels)
    for seed in range(2):
        chances = parts["known"].logs[seed].exp().numpy()
        sure, errors = chances.max(1), chances.argmax(1) != labels[seed]
        surest = np.argsort(-sure)
        risks = [errors[surest[: k + 1]].mean() for k in range(60)]
        assert rows["area"][seed] == pytest.approx(np.mean(risks))
        assert rows["error"][seed] == pytest.approx(errors.mean())
        assert rows["error_90"][seed] == pytest.approx(100 * risks[53])
        assert rows["mistakes"][seed] == pytest.approx(roc_auc_score(~errors, sure))
        best = np.sort(errors)
        assert rows["excess"][seed] == pytest.approx(np.mean(risks) - (best.cumsum() / np.arange(1, 61)).mean())
        foreign = parts["noise"].logs[seed].exp().numpy()
        told = [1] * 60 + [0] * 20
        assert rows["noise"][seed] == pytest.approx(roc_auc_score(told, [*sure, *foreign.max(1)]))
        scores = [(-p * np.log(p)).sum(1) for p in (chances, foreign)]
        assert rows["noise_entropy"][seed] == pytest.approx(1 - roc_auc_score(told, np.concatenate(scores)))
        doubt = [part.disagreement[seed].numpy() for part in (parts["known"], parts["noise"])]
        assert rows["noise_disagreement"][seed] == pytest.approx(1 - roc_auc_score(told, np.concatenate(doubt)))
        assert rows["noise_sure"][seed] == pytest.approx(100 * (foreign.max(1) > 0.9).mean())


def test_a_faultless_method_can_be_compared():
    parts = {"known": answers(60, disagreement=False)} | {kind: answers(20, disagreement=False) for kind in FOREIGN}
    rows = measure(parts, parts["known"].logs.argmax(2).numpy())
    assert rows["area"].tolist() == [1 / 3600] * 2
    assert rows["error"].tolist() == [1 / 60] * 2
    assert rows["mistakes"].tolist() == [1.0] * 2
    assert "noise_disagreement" not in rows


def test_scores_fall_with_doubt():
    logs = torch.tensor([[[0.98, 0.01, 0.01], [0.4, 0.3, 0.3]]], dtype=torch.float64).log()
    assert np.diff(certainty(Prediction(logs)))[0, 0] < 0
    assert agreement(Prediction(logs, torch.tensor([[0.1, 0.5]]))).tolist() == pytest.approx(np.array([[-0.1, -0.5]]))


def test_answers_are_split_by_kind():
    images = {"known": torch.zeros(2, 5, 1), "noise": torch.zeros(2, 3, 1)}
    whole = answers(8)
    parts = split_answers(whole, images)
    assert torch.equal(parts["noise"].logs, whole.logs[:, 5:])
    assert torch.equal(parts["known"].disagreement, whole.disagreement[:, :5])
    assert torch.equal(without_first(parts, 2)["known"].logs, whole.logs[:, 2:5])


def test_curves_end_at_the_error_of_all_answers():
    known, labels = answers(50), np.zeros((2, 50), int)
    curves = drawn_curves(known, labels)
    assert curves[:, -1] == pytest.approx((known.logs.argmax(2).numpy() != labels).mean(1))


def test_values_are_finite_and_consistent(found):
    values = found.values
    assert all(np.isfinite(value.value) for value in values.values())
    for name in METHODS[1:]:
        assert {f"{name}_risk_ratio", f"{name}_unknown_gain"} <= set(values)
        product = values[f"{name}_error_ratio"].value * values[f"{name}_ordering_ratio"].value
        assert values[f"{name}_risk_ratio"].value == pytest.approx(product)
        gain = found.arrays[f"unknown_{name}"] - found.arrays["unknown_plain"]
        assert values[f"{name}_unknown_gain"].value == pytest.approx(gain.mean())
    for name in ("dropout_low", "laplace_tuned"):
        product = values[f"{name}_error_ratio"].value * values[f"{name}_ordering_ratio"].value
        assert values[f"{name}_risk_ratio"].value == pytest.approx(product)
    assert values["plain_unknown"].value == pytest.approx(found.arrays["unknown_plain"].mean())
    assert values["plain_error_100"].value == pytest.approx(100 * found.arrays["curve_plain"][:, -1].mean())
    assert values["plain_error_80"].value <= values["plain_error_100"].value + 1e-12
