from itertools import combinations, product

import numpy as np
import pytest

from scripts.maths.parity import draw_corners, parity


def test_all_corners_come_once():
    corners = draw_corners(np.random.default_rng(0), 32, 5)
    assert sorted(map(tuple, corners)) == sorted(product([-1.0, 1.0], repeat=5))


def test_corners_are_drawn_uniformly():
    corners = draw_corners(np.random.default_rng(1), 4000, 40)
    assert len({tuple(row) for row in corners}) == 4000
    assert set(np.unique(corners)) == {-1.0, 1.0}
    moments = corners.T @ corners / 4000 - np.eye(40)
    assert np.abs(corners.mean(0)).max() < 5 / np.sqrt(4000)
    assert np.abs(moments).max() < 5.5 / np.sqrt(4000)


def test_parities_are_orthonormal():
    corners = np.array(list(product([-1.0, 1.0], repeat=5)))
    functions = [corners[:, list(chosen)].prod(1) for chosen in combinations(range(5), 3)]
    assert functions @ np.transpose(functions) / 32 == pytest.approx(np.eye(10))
    assert parity(corners, 3).tolist() == functions[0].tolist()
    assert parity(corners.reshape(2, 16, 5), 1).tolist() == corners[:, 0].reshape(2, 16).tolist()


def test_what_a_cube_does_not_have_is_refused():
    with pytest.raises(ValueError, match="up to 2\\*\\*dimension corners, got 3 and 9"):
        draw_corners(np.random.default_rng(0), 9, 3)
    with pytest.raises(ValueError, match="1 to 62 dimensions"):
        draw_corners(np.random.default_rng(0), 9, 63)
    with pytest.raises(ValueError, match="degree between 1 and 3, got 4"):
        parity(np.ones((2, 3)), 4)
