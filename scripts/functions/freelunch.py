"""No free lunch, counted out: every learner, every function of three bits, every training set (Wolpert 1996)."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.errors import ArticleError
from scripts.article.values import Value
from scripts.functions.boolean import all_functions, all_inputs, parities, threshold_functions
from scripts.functions.learners import LEARNERS, Learner
from scripts.functions.settings import Freelunch

MATCHED = "logistic"  # the learner that assumes what makes a threshold function: one straight cut

Table = dict[tuple[str, str, int], Fraction]


def compute(settings: Freelunch) -> Result:
    """Average every learner's accuracy off the training set over all functions, and over families of them, exactly."""
    check(settings)
    members = families(settings.bits)
    table = {
        (family, name, size): accuracy
        for name, learner in LEARNERS.items()
        for size in settings.sizes
        for family, accuracy in off_training_accuracy(learner, settings.bits, size, members).items()
    }
    means = np.array([[[float(table[f, n, s]) for s in settings.sizes] for n in LEARNERS] for f in members])
    arrays = {"sizes": np.array(settings.sizes), "accuracy": means}
    arrays |= {"families": np.array(list(members)), "learners": np.array(list(LEARNERS))}
    return Result(overall_values(settings, table, members) | family_values(settings, table, members), arrays)


def check(settings: Freelunch) -> None:
    """Refuse sizes that leave nothing unseen, and a size in the text that is not computed.

    Raises:
        ArticleError: names the setting, its value and what is allowed.
    """
    inputs = 2**settings.bits
    if max(settings.sizes) >= inputs:
        raise ArticleError(f"functions.freelunch.sizes is {settings.sizes}, expected sizes below {inputs}")
    if settings.size not in settings.sizes:
        raise ArticleError(f"functions.freelunch.size is {settings.size}, expected one of sizes {settings.sizes}")


def families(bits: int) -> dict[str, np.ndarray]:
    """Return masks over all functions: without restriction, and under three restrictions."""
    return {
        "all": np.ones(2 ** (2**bits), dtype=bool),
        "threshold": threshold_functions(bits),
        "one_bit": parities(bits, {1}),
        "parity": parities(bits, set(range(2, bits + 1))),
    }


def off_training_accuracy(
    learner: Learner, bits: int, size: int, members: dict[str, np.ndarray]
) -> dict[str, Fraction]:
    """Return a learner's accuracy on unseen inputs per family, averaged over its functions and all training sets.

    Args:
        learner: from training inputs, their labels and all inputs to answers on all inputs.
        bits: of an input.
        size: of the training sets; all subsets of that size are taken.
        members: masks over all functions.
    """
    functions, inputs = all_functions(bits), all_inputs(bits)
    correct, subsets = np.zeros(len(functions), dtype=int), 0
    for subset in combinations(range(len(inputs)), size):
        seen = np.array(subset)
        answers = answers_to_labellings(learner, inputs, seen)
        labelling = functions[:, seen] @ (1 << np.arange(size)[::-1])
        right = answers[labelling] == functions
        right[:, seen] = False
        correct += right.sum(1)
        subsets += 1
    unseen = subsets * (len(inputs) - size)
    return {name: Fraction(int(correct[mask].sum()), unseen * int(mask.sum())) for name, mask in members.items()}


def answers_to_labellings(learner: Learner, inputs: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the learner's answers on all inputs for every labelling of the seen ones, shape (2^size, inputs)."""
    labellings = product((0, 1), repeat=len(seen))
    return np.stack([learner(inputs[seen], np.array(labels), inputs) for labels in labellings])


def overall_values(settings: Freelunch, table: Table, members: dict[str, np.ndarray]) -> dict[str, Value]:
    """Describe the world without restrictions, over all learners and sizes; and what more examples bring."""
    unrestricted = [accuracy for (family, _, _), accuracy in table.items() if family == "all"]
    mean = sum(unrestricted, Fraction()) / len(unrestricted)
    deviation = max(abs(accuracy - Fraction(1, 2)) for accuracy in unrestricted)
    note = f"exact; from the smallest training set to the largest, {MATCHED} regression"
    few, many = min(settings.sizes), max(settings.sizes)
    gains = {
        f"{family}_gain": Value(
            float((table[family, MATCHED, many] - table[family, MATCHED, few]) * 100),
            digits=1,
            unit="points",
            note=note,
        )
        for family in ("all", "threshold")
    }
    return gains | {
        "off_training": Value(float(mean), digits=3, note="exact, in rational arithmetic"),
        "off_training_deviation": Value(float(deviation), digits=1, note="largest of any learner and size, exact"),
        "learners": Value(len(LEARNERS), digits=0),
        "functions": Value(int(members["all"].sum()), digits=0),
        "threshold_functions": Value(int(members["threshold"].sum()), digits=0),
    }


def family_values(settings: Freelunch, table: Table, members: dict[str, np.ndarray]) -> dict[str, Value]:
    """Describe every learner under every restriction, at the size of the text."""
    values = {}
    for family in list(members)[1:]:
        scores = {name: float(table[family, name, settings.size]) for name in LEARNERS}
        for name, score in scores.items():
            values[f"{family}_{name}"] = Value(score, digits=3, note="exact")
        values[f"{family}_lowest"] = Value(min(scores.values()), digits=3, note="worst of the learners, exact")
        values[f"{family}_highest"] = Value(max(scores.values()), digits=3, note="best of the learners, exact")
    return values
