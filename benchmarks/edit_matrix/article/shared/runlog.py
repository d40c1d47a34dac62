"""A line a run, so that the benchmark sees what was really computed, whatever a tool says."""

import os


def ran(stage: str) -> None:
    """Write down that a stage runs."""
    with open(os.environ["EDIT_MATRIX_LOG"], "a", encoding="utf-8") as log:
        log.write(f"{stage}\n")
