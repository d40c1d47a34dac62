"""The numbers that the report prints of networks with a noisy code; arrays are those of `vib`."""

from __future__ import annotations

import numpy as np

from scripts.article.values import Value
from scripts.maths.rank_correlation import rank_correlation
from scripts.maths.statistics import bounded, mean_interval, ratio_interval

PAIRED = "paired by seed"
OVER = "over the penalties of a seed, mean over seeds"
AMONG = "among penalties whose nets fit the images they were trained on"
HALVES = "penalty chosen on one half of the fresh images, errors counted on the other"
QUANTITIES = ("gap", "gap_averaged", "relevance", "rate", "information", "label_information", "cross_entropy")
SHARES = ("error", "error_trained")


def bound_values(found: dict[str, np.ndarray], images: int) -> dict[str, Value]:
    """Return what bounds the information, and the smallest distance of any penalised net from a bound."""
    chain = np.stack([found[name] for name in ("relevance", "label_information", "information", "rate")])
    note = "least of I(Y;Z) − relevance, I(X;Z) − I(Y;Z), rate − I(X;Z) over all nets; below 0 by sampling alone"
    return {
        "ceiling": Value(float(np.log(images)), digits=3, unit="nats", note="log of the number of fresh images"),
        "label_entropy": Value.of(mean_interval(found["label_entropy"]), 3, unit="nats", note="of the fresh images"),
        "bound_slack": Value(float(np.diff(chain, axis=0).min()), digits=4, unit="nats", note=note),
    }


def penalty_values(found: dict[str, np.ndarray], fitted: float) -> dict[str, Value]:
    """Return how gap and errors go with the information in the code, over the penalties.

    Args:
        found: arrays by name.
        fitted: a penalty's nets fit if their mean error on the images trained on is below this.
    """
    best, errors = crossed(found["halves"])
    free = 100 * found["halves"][:, 0].mean(0)
    chosen = 100 * errors.mean(0)
    typical = ratio_interval(np.exp(np.log(found["betas"])[best].mean(0)), np.ones(best.shape[1]))
    fits = found["error_trained"].mean(1) < fitted
    tightest = int(np.flatnonzero(fits)[-1]) if fits.any() else 0
    return (
        _slope_values(found, fits)
        | {
            "error_gain": Value.of(mean_interval(free - chosen), 2, unit="%", note=f"points; {HALVES}; {PAIRED}"),
            "error_best": Value.of(mean_interval(chosen), 2, unit="%", note=HALVES),
            "beta_best": Value.of(typical, 4, note="geometric mean"),
            "fitted_penalties": Value(int(fits.sum()), digits=0, note="whose nets fit the images trained on"),
            "beta_tightest": Value(float(found["betas"][tightest]), digits=2, note=f"largest {AMONG}"),
        }
        | _place_values(found, best, tightest)
    )


def crossed(halves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Choose each seed's penalty on one half of its fresh images and judge it on the other, both ways round.

    Args:
        halves: share of errors, shape (2, penalty, seed); penalties in increasing order.

    Returns:
        The index of the penalty with the fewest errors on either half (the smallest of several), shape (2, seed), and
        the share of errors of that penalty on the other half, shape (2, seed).
    """
    best = halves.argmin(1)
    return best, np.take_along_axis(halves[::-1], best[:, None], axis=1)[:, 0]


def slopes(across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return the least-squares slope of `up` against `across` along the first axis, shape (seed,); both (k, seed)."""
    centred = across - across.mean(0)
    return (centred * up).sum(0) / (centred**2).sum(0)


def _slope_values(found: dict[str, np.ndarray], fits: np.ndarray) -> dict[str, Value]:
    information, gap = found["information"], found["gap"]
    rows = {
        "gap_slope": (slopes(information, gap), "nats a nat"),
        "gap_slope_averaged": (slopes(information, found["gap_averaged"]), "gap of the mean prediction, nats a nat"),
        "gap_slope_rate": (slopes(found["rate"], gap), "nats a nat of the rate"),
    }
    if fits.sum() > 1:
        rows |= {
            "gap_slope_fitted": (slopes(information[fits], gap[fits]), f"nats a nat, {AMONG}"),
            "gap_slope_averaged_fitted": (
                slopes(information[fits], found["gap_averaged"][fits]),
                f"gap of the mean prediction, nats a nat, {AMONG}",
            ),
        }
    ranks = rank_correlation(information.T, gap.T)
    values = {name: Value.of(mean_interval(row), 4, note=f"{note}; {OVER}") for name, (row, note) in rows.items()}
    return values | {"gap_rank": Value.of(bounded(mean_interval(ranks), -1, 1), 2, note=f"Spearman's, {OVER}")}


def _place_values(found: dict[str, np.ndarray], best: np.ndarray, tightest: int) -> dict[str, Value]:
    """Return what is measured at the smallest, the best, the tightest fitting and the largest penalty."""
    values = {}
    for name in (*QUANTITIES, *SHARES):
        scale, unit, digits = (100, "%", 2) if name in SHARES else (1, "nats", 3)
        rows = scale * found[name]
        places = {"smallest": rows[0], "tightest": rows[tightest], "largest": rows[-1]}
        if name != "error":  # of the best one, errors are counted on images that did not choose it
            places["best"] = np.take_along_axis(rows, best, axis=0).mean(0)
        for place, row in places.items():
            interval = mean_interval(row)
            if name in SHARES or name == "rate":
                interval = bounded(interval, 0, 100 if name in SHARES else np.inf)
            values[f"{name}_{place}"] = Value.of(interval, digits, unit=unit)
        if name in ("gap", "gap_averaged", "relevance"):
            for place in ("best", "tightest"):
                change = mean_interval(places[place] - rows[0])
                note = f"{place} minus smallest penalty, {PAIRED}"
                values[f"{name}_{place}_change"] = Value.of(change, digits, unit=unit, note=note)
    return values


def time_values(found: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return the information in the noisy code at the start, at its highest and at the end, and its fall."""
    values = {}
    for name, rows in (("", found["checked"]), ("label_", found["label_checked"])):
        for place, row in zip(("start", "peak", "end"), rows, strict=True):
            values[f"noisy_{name}{place}"] = Value.of(mean_interval(row), 3, unit="nats")
    fall, label_fall = (found[name][1] - found[name][2] for name in ("checked", "label_checked"))
    changes = {
        "noisy_fall": (fall, f"highest point, found with other draws, minus end; {PAIRED}"),
        "noisy_label_fall": (label_fall, f"of I(Y;Z) between the same two points; {PAIRED}"),
        "noisy_irrelevant_fall": (fall - label_fall, f"of I(X;Z) − I(Y;Z) between the same two points; {PAIRED}"),
    }
    values |= {name: Value.of(mean_interval(row), 3, unit="nats", note=note) for name, (row, note) in changes.items()}
    peak = ratio_interval(np.maximum(found["peak_step"], 1), np.ones(len(found["peak_step"])))
    return values | {
        "noisy_peak_step": Value.of(peak, 0, note="geometric mean"),
        "noisy_steps": Value(int(found["steps"][-1]), digits=0),
    }


def width_values(found: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return errors and information of the noisy nets by width, and how the widest differs from the narrowest."""
    widths = found["widths"]
    values = {"narrowest": Value(int(widths[0]), digits=0), "widest": Value(int(widths[-1]), digits=0)}
    for name in ("information", "label_information", "cross_entropy", "cross_entropy_trained", *SHARES):
        scale, unit, digits = (100, "%", 2) if name in SHARES else (1, "nats", 3)
        rows = scale * found[f"wide_{name}"]
        places = {"narrow": rows[0], "wide": rows[-1]} | dict(zip(map(str, widths), rows, strict=True))
        for place, row in places.items():
            key = f"{name}_width_{place}" if place.isdigit() else f"{place}_{name}"
            interval = mean_interval(row)
            values[key] = Value.of(bounded(interval, 0, 100) if name in SHARES else interval, digits, unit=unit)
        note = f"widest minus narrowest, {PAIRED}"
        values[f"wide_{name}_change"] = Value.of(mean_interval(rows[-1] - rows[0]), digits, unit=unit, note=note)
    return values
