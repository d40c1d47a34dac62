import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits

from scripts.maths.classification_sets import NAMES, load_task


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("iris", (150, 4), [50, 50, 50]),
        ("wine", (178, 13), [59, 71, 48]),
        ("cancer", (569, 30), [212, 357]),
        ("diabetes", (442, 10), [221, 221]),
        ("digits", (1797, 64), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
        ("odd", (1797, 64), [891, 906]),
    ],
)
def test_tasks_have_their_published_sizes(name, shape, classes):
    inputs, labels = load_task(name)
    assert inputs.shape == shape
    assert np.bincount(labels).tolist() == classes
    assert name in NAMES


def test_made_classes_are_what_they_are_said_to_be():
    progression, digit = load_diabetes(return_X_y=True)[1], load_digits(return_X_y=True)[1]
    diabetes, odd = load_task("diabetes")[1], load_task("odd")[1]
    assert progression[diabetes == 1].min() > progression[diabetes == 0].max()
    assert set(digit[odd == 1]) == {1, 3, 5, 7, 9}


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="task is 'mnist', expected one of iris"):
        load_task("mnist")
