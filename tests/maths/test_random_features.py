import numpy as np
import pytest

from scripts.maths.random_features import feature_limit, relu_features

POINTS = np.random.default_rng(4).normal(size=(6, 5))


def test_inner_products_tend_to_the_limit():
    count = 200_000
    features = relu_features(np.random.default_rng(0), POINTS, count)
    products = features[:, None] * features[None]
    error = products.std(2) / np.sqrt(count)
    gap = products.mean(2) - feature_limit(POINTS, POINTS)
    assert (np.abs(gap) < 4.5 * error).all()


def test_the_limit_on_the_diagonal_is_the_squared_length_and_opposite_points_share_nothing():
    assert np.diag(feature_limit(POINTS, POINTS)) == pytest.approx((POINTS**2).sum(1))
    assert np.diag(feature_limit(POINTS, -POINTS)) == pytest.approx(0, abs=1e-12)


def test_more_features_leave_the_first_ones_alone_and_other_points_do_not_matter():
    few, many = (relu_features(np.random.default_rng(3), POINTS, count) for count in (4, 9))
    assert many[:, :4] == pytest.approx(few, rel=1e-12)
    one = relu_features(np.random.default_rng(3), POINTS[:1], 9)
    assert one == pytest.approx(many[:1], rel=1e-12)


def test_features_are_those_of_a_layer():
    features = relu_features(np.random.default_rng(3), POINTS, 9)
    drawn = np.random.default_rng(3).normal(size=(9, 5))
    for feature, weights in zip(features.T, drawn, strict=True):
        assert feature == pytest.approx([np.sqrt(2) * max(0, point @ weights) for point in POINTS])
