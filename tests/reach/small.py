"""Settings that make each stage of the article quick while it runs the same code."""

from __future__ import annotations

from typing import Any

TRAINED = {"seeds": 3, "points": 40}
SMALL: dict[str, Any] = {
    "preset": "quick",
    "geometry": {
        "boundary": TRAINED | {"test_points": 100, "iterations": 15, "grid": 12},
        "warp": TRAINED | {"epochs": 12, "lines": 5, "frames": 2, "widths": [5, 5, 2]},
        "layers": {
            **{"seeds": 3, "moons_points": 40, "moons_fresh_points": 40, "moons_widths": [5, 5], "moons_epochs": 2},
            **{"digits_points": 1700, "digits_widths": [8, 8], "digits_epochs": 1, "digits_batch_size": 200},
            **{"wide_seeds": 3, "wide_widths": [8, 8], "wide_epochs": 1},
        },
        "topology": {
            **{"seeds": 3, "points": 40, "layers": 2, "wider": 4, "epochs": 20, "circles": 6, "angles": 40},
            **{"homology_nets": 2, "landmarks": 16},
        },
        "collapse": {
            **{"seeds": 3, "points": 150, "widths": [12, 12], "epochs": 3, "batch_size": 50, "records": 3},
            **{"ufm_examples": 2, "ufm_dimension": 9, "ufm_starts": 2},
        },
        "dimension": {
            **{"seeds": 3, "points": 1700, "widths": [8, 8], "epochs": 1, "batch_size": 200},
            **{"ball_dimension": 2, "ball_points": [20, 30, 40], "ball_seeds": 3},
        },
        "distortion": {
            **{"seeds": 3, "points": 60, "noise": [0.0, 0.3], "widths": [4, 6], "decays": [0.0, 0.01], "epochs": 15},
            **{"fresh_points": 30, "pairs": 4, "steps": 3},
        },
        "batchnorm": {
            **{"seeds": 3, "points": 100, "widths": [8, 8], "epochs": 2, "batch_size": 50, "record_every": 2},
            **{"learning_rates": [0.01, 0.1], "multiples": [1.0], "deep_seeds": 3, "deep_layers": 6, "deep_width": 16},
            **{"deep_batch": 12, "small_batches": 2, "deep_margin": 1},
        },
    },
    "optimization": {
        "demo": {
            **{"seeds": 3, "points": 20, "hidden": 4, "epochs": 6, "long_epochs": 8},
            **{"fresh_points": 100, "levels": 2},
        },
        "saddles": {
            **{"seeds": 3, "particles": 200, "largest": 5, "exact_largest": 6, "index_size": 5, "index_matrices": 3},
            **{"shifts": 3},
        },
        "critical": {
            **{"seeds": 3, "eigenvalues": [2.0, 1.0], "hidden": 1, "rotations": 2, "net_inputs": 1, "net_hidden": 2},
            **{"net_points": 6, "net_epochs": 5, "net_steps": 10},
        },
        "spurious": {"seeds": 3, "sizes": [2, 3], "extras": [0, 1], "steps": 300},
        "escape": {
            **{
                "seeds": 3,
                "toy_runs": 20,
                "toy_noises": [1e-2, 1e-3],
                "toy_steps": 150,
                "eigenvalues": [2.0, 1.0, 0.5],
            },
            **{"hidden": 2, "points": 20, "steps": 20, "net_inputs": 2, "net_hidden": 2, "net_epochs": 3},
        },
        "stability": {"seeds": 3, "points": 20, "widths": [4], "steps": 20, "every": 10},
        "sharpness": {
            **{"seeds": 3, "points": 20, "widths": [8, 8], "level": 1.7, "adam_rate": 0.01, "factors": [0.5]},
            **{"probes": 2},
        },
        "adaptive": {
            **{"seeds": 3, "points": 20, "other_shares": [0.8], "fresh_points": 100, "steps": 5, "epochs": 2},
            **{"adam_batch_sizes": [5], "batch_size": 10, "control_points": 10, "control_inputs": 12},
        },
    },
    "information": {
        "entropy": {"seeds": 3, "outcomes": 10, "sizes": [10, 20], "size": 20, "sides": 3},
        "features": TRAINED | {"fresh_points": 100, "epochs": 10, "widths": [4, 4]},
        "estimators": {
            **{"seeds": 4, "informations": [0.5, 3.0], "information": 0.5, "sizes": [16, 32], "size": 32},
            **{"bins": [3, 4, 5], "batches": [2, 4, 8], "groups": 2},
        },
        "plane": {
            **{"seeds": 3, "bits": 4, "widths": [4, 3], "epochs": 3, "batch_size": 8, "records": 3, "bins": 5},
            **{"middle_bins": 20, "finest_bins": 100, "other_bins": [10]},
        },
        "gaussian": {
            **{"seeds": 3, "starts": 2, "betas": 12, "encoder_steps": 100, "settling_steps": 10, "settling_timed": 5},
            **{"relevant": 3, "irrelevant": 4, "widths": [4, 4], "narrow": 2, "points": 30, "epochs": 5, "records": 4},
        },
        "vib": {
            **{"seeds": 3, "points": 1600, "hidden": 6, "code": 2, "betas": [1e-3, 1.0], "epochs": 1},
            **{"batch_size": 400, "passes": 2, "records": 3, "other_widths": [4]},
        },
    },
    "bayesian": {
        "dropout": {
            **{"seeds": 3, "points": 8, "width": 6, "other_rates": [0.1], "steps": 20, "passes": 12},
            **{"pass_counts": [10, 20], "grid": 41},
        },
        "coverage": {
            **{"seeds": 3, "training": 60, "calibration": 20, "tuning": 15, "width": 8, "steps": 5, "decays": [0.1]},
            **{"passes": 12, "members": 2, "known_seeds": 3, "draws": 3},
        },
        "calibration": {
            **{"seeds": 3, "points": 60, "widths": [6, 5], "epochs": 3, "members": 2, "passes": 3, "held_out": 40},
            **{"precisions": [1.0, 10.0], "many_points": 100, "many_epochs": 2, "draws": 30},
        },
        "faraway": {
            **{"seeds": 3, "points": 60, "widths": [6, 5], "epochs": 3, "members": 2, "passes": 3, "held_out": 40},
            **{"precisions": [1.0, 10.0], "moons_points": 60, "moons_fresh_points": 320, "moons_widths": [5, 4]},
            **{"moons_epochs": 3, "directions": 4, "per_decade": 1, "grid": 10},
        },
        "posterior": {
            **{"seeds": 3, "sizes": [8, 20], "places": 6, "degree": 2, "width": 5, "other_rates": [0.01], "members": 2},
            **{"batch_size": 4, "steps": 5, "learning_rates": [0.01], "passes": 12},
        },
        "selective": {
            **{"seeds": 3, "points": 60, "widths": [6, 5], "epochs": 3, "members": 2, "passes": 3, "held_out": 40},
            **{"precisions": [1.0, 10.0], "foreign": 20},
        },
    },
    "ntk": {
        "rbf": {"seeds": 3, "points": 200, "width": 32, "shown": 10},
        "width": {"seeds": 3, "widths": [6, 8, 10], "points": 3, "test_points": 2, "dimension": 3, "steps": 5},
        "dynamics": {"seeds": 3, "widths": [6, 8, 10], "points": 3, "test_points": 2, "dimension": 3, "steps": 20},
        "predictable": {
            **{"seeds": 3, "feature_points": 20, "feature_ratios": [0.5, 1.0, 2.0], "validation": 10, "ridges": [0.1]},
            **{"ridgeless_points": 10, "ratios": [0.5, 2.0], "draws": 3, "kernel_points": 20, "kernel_seeds": 3},
            **{"net_seeds": 3, "widths": [4, 5, 6], "points": 3, "steps": 10},
        },
        "classical": {
            **{"seeds": 3, "tasks": ["iris", "odd"], "training": 30, "hidden": [1], "costs": [1.0, 10.0]},
            **{"gammas": [1.0], "ridges": [0.1, 1.0], "trees": 3, "width": 4, "epochs": [1, 2]},
        },
        "limits": {
            **{"seeds": 3, "dimension": 8, "points": 20, "fewer_points": [10], "held_out": 10, "fresh_points": 20},
            **{"ridges": [0.1, 1.0], "width": 8, "batch_size": 5, "steps": 10},
        },
    },
    "reinforcement": {
        "toy": {
            **{"seeds": 20, "long_seeds": 5, "double_seeds": 5, "states": 2, "step": 0.5, "discount": 0.5},
            **{"updates": 20, "long_updates": 1000, "double_updates": 1000, "burn_in": 200, "stride": 20},
        },
        "contraction": {"seeds": 2, "states": 3, "actions": 2, "discounts": [0.5], "pairs": 2, "tolerance": 1e-3},
        "rates": {"seeds": 3, "updates": 1000},
        "control": {"seeds": 3, "frozenlake_updates": 200, "cliff_updates": 200, "taxi_updates": 200},
        "divergence": {"seeds": 3, "updates": 100},
    },
    "functions": {
        "freelunch": {"bits": 2, "sizes": [1, 2], "size": 2},
        "variance": {
            **{"seeds": 3, "sizes": [20, 40], "architectures": ["relu 8", "tanh 6 5"], "optimisers": ["sgd", "adam"]},
            **{"rates": [0.01, 0.1], "steps": 5},
        },
        "meta": {
            **{"seeds": 3, "shots": 4, "widths": [5, 5], "tasks": 60, "batch_size": 20, "learning_rates": [0.01]},
            **{"rates": [0.003, 0.01], "validation_tasks": 3, "test_tasks": 4, "points": 8},
        },
        "search": {
            **{"seeds": 3, "widths": [4, 5], "layers": 2, "points": 60, "validation": 60, "shortest": 1, "factor": 2},
            **{"rungs": 2, "trials": 11, "startup": 3, "draws": 100, "resamples": 200},
        },
        "context": {
            **{"seeds": 3, "random_seeds": 3, "dimension": 2, "length": 5, "sweep": [10], "prompts": 128},
            **{"dimensions": [1], "grid_lengths": [4], "test_prompts": 200, "batch_size": 64, "epochs": 2},
        },
        "transformer": {
            **{"seeds": 2, "length": 2, "width": 4, "layers": 1, "steps": 20, "batch_size": 4, "test_prompts": 100},
        },
        "symmetry": {
            **{"seeds": 3, "points": 400, "widths": [64, 512], "deep_widths": [8, 8], "epochs": 3, "line_points": 3},
        },
    },
}
