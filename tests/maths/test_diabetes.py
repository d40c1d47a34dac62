"""The diabetes study."""

import numpy as np
import torch
from sklearn.datasets import load_diabetes

from scripts.maths.diabetes import shuffled_patients


def test_an_order_holds_every_patient_once_with_the_outcome():
    inputs, outcomes = shuffled_patients(range(2), "test")
    measured, wanted = load_diabetes(return_X_y=True, scaled=False)
    expected = sorted(map(tuple, np.column_stack([measured, wanted]).tolist()))
    for seed in range(2):
        rows = np.column_stack([inputs[seed].numpy(), outcomes[seed].numpy()])
        assert sorted(map(tuple, rows.tolist())) == expected


def test_a_seed_has_its_own_order_whatever_the_others():
    two, one = shuffled_patients([3, 4], "test"), shuffled_patients([4], "test")
    assert torch.equal(two[0][1], one[0][0])
    assert torch.equal(two[1][1], one[1][0])
    assert not torch.equal(two[1][0], two[1][1])
    assert not torch.equal(one[1], shuffled_patients([4], "other")[1])
