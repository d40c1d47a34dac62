"""Settings that make each stage of the article quick while it runs the same code."""

from __future__ import annotations

from typing import Any

TRAINED = {"seeds": 3, "points": 40}
SMALL: dict[str, Any] = {
    "preset": "quick",
    "geometry": {
        "boundary": TRAINED | {"test_points": 100, "iterations": 15, "grid": 12},
        "warp": TRAINED | {"epochs": 12, "lines": 5, "frames": 2, "widths": [5, 5, 2]},
    },
    "optimization": {
        "demo": {
            **{"seeds": 3, "points": 20, "hidden": 4, "epochs": 6, "long_epochs": 8},
            **{"fresh_points": 100, "levels": 2},
        }
    },
    "information": {
        "entropy": {"seeds": 3, "outcomes": 10, "sizes": [10, 20], "size": 20, "sides": 3},
        "features": TRAINED | {"fresh_points": 100, "epochs": 10, "widths": [4, 4]},
    },
    "bayesian": {
        "dropout": {
            **{"seeds": 3, "points": 8, "width": 6, "other_rates": [0.1], "steps": 20, "passes": 12},
            **{"pass_counts": [10, 20], "grid": 41},
        }
    },
    "ntk": {"rbf": {"seeds": 3, "points": 200, "width": 32, "shown": 10}},
    "reinforcement": {
        "toy": {
            **{"seeds": 20, "long_seeds": 5, "double_seeds": 5, "states": 2, "step": 0.5, "discount": 0.5},
            **{"updates": 20, "long_updates": 1000, "double_updates": 1000, "burn_in": 200, "stride": 20},
        }
    },
    "functions": {
        "freelunch": {"bits": 2, "sizes": [1, 2], "size": 2},
        "context": {
            **{"seeds": 3, "random_seeds": 3, "dimension": 2, "length": 5, "sweep": [10], "prompts": 128},
            **{"test_prompts": 200, "batch_size": 64, "epochs": 2},
        },
    },
}
