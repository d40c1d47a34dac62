import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scripts.maths.nested_cross_validation import Split, draw_split, make_part, nested_accuracy


def neighbours(parts, candidates):
    """Answer with the nearest neighbours; a candidate is how many."""
    return np.array(
        [
            [KNeighborsClassifier(k).fit(part.inputs, part.labels).predict(part.fresh) for k in candidates]
            for part in parts
        ]
    )


def made(count, seed=0, classes=3):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    return rng.normal(size=(classes, 4))[labels] + rng.normal(size=(count, 4)) * [1, 5, 0.2, 1], labels


def splits_of(labels, count, training=60, folds=4):
    return [draw_split(labels, training, folds, np.random.default_rng(seed)) for seed in range(count)]


def test_it_is_scikit_learns_grid_search_on_the_same_folds():
    inputs, labels = made(100)
    candidates = [9, 1, 3, 30]
    splits = splits_of(labels, 4)
    accuracy, chosen = nested_accuracy(neighbours, candidates, inputs, labels, splits)
    for place, split in enumerate(splits):
        pipeline = make_pipeline(StandardScaler(), KNeighborsClassifier())
        grid = {"kneighborsclassifier__n_neighbors": candidates}
        oracle = GridSearchCV(pipeline, grid, cv=PredefinedSplit(split.folds), refit=False)
        oracle.fit(inputs[split.training], labels[split.training])
        scores = oracle.cv_results_["mean_test_score"]
        assert chosen[place] == np.flatnonzero(np.isclose(scores, scores.max()))[0]  # the first of equals
        pipeline.set_params(kneighborsclassifier__n_neighbors=candidates[chosen[place]])
        pipeline.fit(inputs[split.training], labels[split.training])
        assert accuracy[place] == pytest.approx(pipeline.score(inputs[split.fresh], labels[split.fresh]))
    assert len(set(chosen)) > 1


def test_splits_are_stratified_and_divide_all_examples():
    labels = np.repeat([0, 1, 2], [30, 60, 10])
    for split in splits_of(labels, 3, training=40):
        assert sorted([*split.training, *split.fresh]) == list(range(100))
        assert np.bincount(labels[split.training]).tolist() == [12, 24, 4]
        assert np.bincount(split.folds).tolist() == [10] * 4
        for fold in range(4):
            assert np.bincount(labels[split.training[split.folds == fold]]).tolist() == [3, 6, 1]
        assert len(set(split.seeds)) == 5


def test_scaling_reads_the_fitted_examples_alone():
    inputs, labels = made(20)
    inputs[:8, 2] = 7  # does not vary among the fitted ones
    fitted, fresh = np.arange(8), np.arange(8, 20)
    part = make_part(inputs, labels, fitted, fresh, 3)
    assert part.inputs.mean(0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert part.inputs.std(0) == pytest.approx([1, 1, 0, 1])
    assert not part.fresh[:, 2].any()
    inputs[fresh] *= 100
    assert np.array_equal(part.inputs, make_part(inputs, labels, fitted, fresh, 3).inputs)


def test_no_method_meets_what_it_is_judged_on():
    inputs, labels = made(80)
    split = splits_of(labels, 1, training=40)[0]
    seen = []

    def spy(parts, candidates):
        seen.append((parts, len(candidates)))
        return neighbours(parts, candidates)

    _, chosen = nested_accuracy(spy, [1, 5], inputs, labels, [split])
    disturbed = inputs.copy()
    disturbed[split.fresh] = np.random.default_rng(1).normal(size=(40, 4))
    _, again = nested_accuracy(spy, [1, 5], disturbed, labels, [split])
    assert chosen == again
    (first, both), (last, one), (second, _), _ = seen
    assert (len(first), both, len(last), one) == (4, 2, 1, 1)
    assert [part.seed for part in (*first, *last)] == split.seeds.tolist()
    for before, after in zip(first, second, strict=True):
        assert np.array_equal(before.inputs, after.inputs)
        assert np.array_equal(before.fresh, after.fresh)


def test_permuted_labels_give_chance_however_long_the_search():
    """The best of many candidates is far above chance on what chose it, and not on fresh examples."""
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(300, 5)), np.arange(300) % 2
    directions = rng.normal(size=(200, 5))

    def guess(parts, candidates):
        return np.array([[part.fresh @ directions[k] > 0 for k in candidates] for part in parts]).astype(int)

    runs = [np.random.default_rng(seed).permutation(labels) for seed in range(40)]
    fresh, best = [], []
    for seed, permuted in enumerate(runs):
        split = draw_split(permuted, 60, 3, np.random.default_rng(seed))
        accuracy, chosen = nested_accuracy(guess, range(200), inputs, permuted, [split])
        part = make_part(inputs, permuted, split.training, split.training, 0)
        fresh.append(accuracy[0])
        best.append((guess([part], [chosen[0]])[0, 0] == part.labels).mean())
    assert np.mean(best) > 0.6
    error = 0.5 / np.sqrt(240 * 40)
    assert np.mean(fresh) == pytest.approx(0.5, abs=6 * error)


def test_a_single_candidate_needs_no_folds():
    inputs, labels = made(50)
    split = Split(np.arange(20), np.arange(20, 50), np.zeros(20, int), np.array([0, 5]))

    def once(parts, candidates):
        assert [(len(part.inputs), part.seed) for part in parts] == [(20, 5)]
        return neighbours(parts, candidates)

    accuracy, chosen = nested_accuracy(once, [3], inputs, labels, [split])
    assert chosen == [0]
    assert 0 <= accuracy[0] <= 1


@pytest.mark.parametrize("training", [30, 100])
def test_unequal_folds_and_no_fresh_examples_are_refused(training):
    with pytest.raises(ValueError, match="expected training examples in 4 equal folds, fewer than 100"):
        draw_split(np.zeros(100, int), training, 4, np.random.default_rng(0))
