import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from scripts.maths.digits import CLASSES, draw_digits


def test_a_split_holds_every_image_once_with_its_label():
    split = draw_digits(1000, range(2), "test")
    pixels, labels = load_digits(return_X_y=True)
    for seed in range(2):
        images = torch.cat([split.inputs[seed], split.fresh[seed]]).numpy() * 16
        named = torch.cat([split.labels[seed], split.fresh_labels[seed]]).numpy()
        rows = sorted(map(tuple, np.column_stack([images, named]).tolist()))
        assert rows == sorted(map(tuple, np.column_stack([pixels, labels]).tolist()))
    assert set(split.labels.unique().tolist()) == set(range(CLASSES))


def test_a_seed_has_its_own_split_whatever_the_others():
    two, one = draw_digits(50, [3, 4], "test"), draw_digits(50, [4], "test")
    assert torch.equal(two.inputs[1], one.inputs[0])
    assert not torch.equal(two.inputs[0], two.inputs[1])
    assert not torch.equal(one.inputs, draw_digits(50, [4], "other").inputs)


@pytest.mark.parametrize("points", [0, 1797])
def test_a_split_without_images_on_one_side_is_refused(points):
    with pytest.raises(ValueError, match=rf"points is {points}, expected between 1 and 1796"):
        draw_digits(points, [0], "test")
