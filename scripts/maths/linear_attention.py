"""Risk of one layer of linear attention on in-context linear regression, exactly.

For standard normal inputs and weights, no noise, n examples in d dimensions: the best layer takes one step of gradient
descent on the examples (Ahn et al. 2023, theorem 1).
"""


def best_risk(length: int, dimension: int) -> float:
    """Return the smallest risk of one layer of linear attention, per dimension: (d+1)/(n+d+1)."""
    return (dimension + 1) / (length + dimension + 1)


def best_step(length: int, dimension: int) -> float:
    """Return the step size of the one gradient step that has the smallest risk: n/(n+d+1)."""
    return length / (length + dimension + 1)


def step_risk(step: float, length: int, dimension: int, scale: float = 1.0) -> float:
    """Return the risk of one gradient step on inputs of some scale s, relative to the variance d s² of the answers.

    With S scaled by s², tr E (I − c S)² / d = 1 − 2 c s² + c² s⁴ (n+d+1)/n.
    """
    product = step * scale**2
    return 1 - 2 * product + product**2 * (length + dimension + 1) / length
