"""Four learners of functions of bits, each from a training set to answers everywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

Learner = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def majority(inputs: np.ndarray, labels: np.ndarray, everywhere: np.ndarray) -> np.ndarray:
    """Answer everywhere with the more frequent label; 0 where both are equally frequent."""
    return np.full(len(everywhere), int(2 * labels.sum() > labels.size))


def nearest(inputs: np.ndarray, labels: np.ndarray, everywhere: np.ndarray) -> np.ndarray:
    """Answer with the majority of the nearest examples in Hamming distance; 0 where they are divided."""
    distances = (everywhere[:, None] != inputs).sum(-1)
    closest = distances == distances.min(1, keepdims=True)
    return (2 * closest @ labels > closest.sum(1)).astype(int)


def tree(inputs: np.ndarray, labels: np.ndarray, everywhere: np.ndarray) -> np.ndarray:
    """Answer with scikit-learn's decision tree, grown until every leaf is pure."""
    return DecisionTreeClassifier(random_state=0).fit(inputs, labels).predict(everywhere)


def logistic(inputs: np.ndarray, labels: np.ndarray, everywhere: np.ndarray) -> np.ndarray:
    """Answer with scikit-learn's logistic regression on bits as −1 and 1; with the only label, if there is one."""
    if labels.min() == labels.max():
        return majority(inputs, labels, everywhere)
    return LogisticRegression().fit(2 * inputs - 1, labels).predict(2 * everywhere - 1)


LEARNERS: dict[str, Learner] = {"majority": majority, "nearest": nearest, "tree": tree, "logistic": logistic}
