import numpy as np

from scripts.maths.moons import draw_moons


def test_the_moons_of_a_seed_and_stream_are_their_own():
    first, labels = draw_moons(50, 0.2, 7, "test.a")
    np.testing.assert_array_equal(first, draw_moons(50, 0.2, 7, "test.a")[0])
    assert not np.allclose(first, draw_moons(50, 0.2, 8, "test.a")[0])
    assert not np.allclose(first, draw_moons(50, 0.2, 7, "test.b")[0])
    assert sorted(set(labels)) == [0, 1]


def test_moons_without_noise_lie_on_their_half_circles():
    points, labels = draw_moons(60, 0.0, 0, "test.a")
    centres = np.array([[0.0, 0.0], [1.0, 0.5]])[labels]
    np.testing.assert_allclose(np.linalg.norm(points - centres, axis=1), 1, atol=1e-12)
