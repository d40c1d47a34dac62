"""Assemble the report from artifacts, figures and templates: `python -m scripts.article.report`."""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.article import times
from scripts.article.artifacts import to_json, write_atomically
from scripts.article.content import load_content
from scripts.article.errors import told_in_one_line
from scripts.article.fonts import FONTS
from scripts.article.freshness import REPORT
from scripts.article.miniatures import CARD_FILE
from scripts.article.plan import SNAPSHOT, Plan
from scripts.article.press import Press
from scripts.article.records import checksums, write_record
from scripts.article.render import render
from scripts.article.snapshot import take_snapshot
from scripts.article.summary import summarise
from scripts.article.text import render_article

NOTICES = {
    "quick": "Quick preset: few repetitions, small experiments, wide intervals. For looking, not for quoting. "
    "Build with the preset standard for the numbers to read.",
}


def assemble(overrides: Mapping[str, Any], into: Path, record: Path = REPORT) -> None:
    """Write report.html, report.pdf, report.json and the snapshot; all are made before the first is written.

    Args:
        overrides: what the command line gave on top of config/config.yaml.
        into: the folder.
        record: where the recipe of the report and the checksums of its files are written down; beside it, the snapshot.

    Raises:
        ArticleError: anything that the report is made from is missing, stale, altered or wrong.
    """
    press = Press()  # begins to set what was printed last, beside all that follows
    plan = Plan.load(overrides)
    # Taken before anything is read: what is edited during the build then counts as changed after it.
    sources = [*map(Path, plan.outputs()), FONTS]
    read = checksums(file for file in sources if file.is_file())  # what is missing is named when it is loaded
    content = load_content(plan)
    summary = summarise(content)
    article = plan.configuration.article
    pieces, shown = render_article(content)
    rendered = render(pieces, article, NOTICES.get(article.preset, ""), press, summary)
    outputs = {
        into / "report.json": to_json(summary),
        into / "report.pdf": rendered.pdf,
        into / "report.html": rendered.html,
    }
    outputs[record.with_name(SNAPSHOT.name)] = take_snapshot(content, shown.values)
    if plan.infographic:
        outputs[into / CARD_FILE.name] = CARD_FILE.read_bytes()
    for path, data in outputs.items():
        write_atomically(path, data)
    write_record(record, plan.report, checksums(outputs) | read)


def main(arguments: Sequence[str] | None = None) -> None:
    """Assemble the report as the command line says."""
    parser = argparse.ArgumentParser(description="Assemble the report.")
    parser.add_argument("--config", type=json.loads, default={}, help="overrides of config/config.yaml, as JSON")
    parser.add_argument("--into", type=Path, default=Path("report"))
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    with told_in_one_line():
        assemble(given.config, given.into)
        times.note("report", {}, time.perf_counter() - start)
        gc.freeze()  # the process ends: to collect first takes longer than it saves


if __name__ == "__main__":
    main()
