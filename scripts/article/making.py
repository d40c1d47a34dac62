"""How each number was made: one account of every stage, for the page's panels, the appendix and `report.json` alike."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scripts.article.anchors import anchor
from scripts.article.introductions import introduction

if TYPE_CHECKING:
    from scripts.article.artifacts import Artifact
    from scripts.article.configuration import Configuration
    from scripts.article.content import Content
    from scripts.article.figure import Drawing

UNTOUCHED = ("title", "subtitle", "source_base")  # keys of the article that no stage depends on
VALUE_FACTS = ("text", "value", "low", "high", "n", "unit", "note")
STAGE_FACTS = ("title", "settings", "units", "script", "artifact", "digest", "sha256", "command")
BRIEF_DIGEST = 16  # hexadecimal digits of a recipe's digest that are shown
LINK = re.compile(r'<a href="#made-(\w+)-(\w+)"[^>]*? data-value="([^"]+)"')  # a number, as filter.lua writes it
SHOWN_DIGITS = 8  # significant digits of a number that a panel shows; report.json has them all


def stage_of(value: str) -> str:
    """Return the experiment that computes a value, by the value's id.

    >>> stage_of("ntk.rbf.largest.off_diagonal")
    'ntk.rbf'
    """
    return ".".join(value.split(".")[:2])


def account(content: Content) -> dict[str, dict[str, Any]]:
    """Return of every stage what ran, with which settings, what it left, and the command that makes just that anew."""
    made: dict[str, Artifact | Drawing] = {**content.artifacts}
    made |= {drawing.stage: drawing for drawing in content.figures.values()}
    return {name: _account(name, result, content.plan.configuration) for name, result in made.items()}


def _account(stage: str, result: Artifact | Drawing, configuration: Configuration) -> dict[str, Any]:
    told, path = introduction(stage), result.path.as_posix()
    return {
        "title": told.title,
        "module": result.module,
        "script": told.script.as_posix(),
        "settings": result.recipe.settings,
        "units": told.units,
        "artifact": path,
        "sha256": result.sha256,
        "digest": result.recipe.digest,
        "command": command(path, configuration.given),
    }


def command(path: str, given: Mapping[str, Any]) -> str:
    """Return the command that computes one result anew, past the store, under the settings of this build.

    >>> command("results/ntk/rbf.json", {"preset": "quick", "ntk": {"rbf": {"points": 9}}})
    'ARTICLE_STORE=off snakemake --cores all --force results/ntk/rbf.json --config preset=quick ntk__rbf__points=9'
    """
    kept = {key: value for key, value in given.items() if key not in UNTOUCHED}
    config = ["--config", *(shlex.quote(pair) for pair in _joined(kept))] if kept else []
    return " ".join(["ARTICLE_STORE=off snakemake --cores all --force", path, *config])


def _joined(data: Mapping[str, Any], outer: str = "") -> Iterator[str]:
    """Yield nested settings as the command line takes them."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _joined(value, f"{outer}{key}__")
        else:
            yield f"{outer}{key}={value if isinstance(value, str) else json.dumps(value)}"


def panels(page: str, values: Mapping[str, Any], stages: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return what the panels of a page tell, of the numbers that stand in it alone.

    Args:
        page: the HTML.
        values: every value of the report by id, as `report.json` has them.
        stages: every stage, likewise.
        base: what comes before a script's path in a link.
    """
    shown: dict[str, dict[str, list[Any]]] = {}
    for section, experiment, name in sorted(set(LINK.findall(page))):
        stage = f"{section}.{experiment}"
        facts = values[f"{stage}.{name}"]
        shown.setdefault(stage, {})[name] = [_rounded(facts[fact]) for fact in VALUE_FACTS]
    told = {stage: {fact: stages[stage][fact] for fact in STAGE_FACTS if stages[stage][fact]} for stage in shown}
    return {"base": base, "facts": VALUE_FACTS, "values": shown, "stages": told}


def _rounded(fact: Any) -> Any:
    return float(f"{fact:.{SHOWN_DIGITS}g}") if isinstance(fact, float) else fact


def embedded(data: Any) -> str:
    """Return data as JSON that can stand in a script element of a page: no text in it can end or open one."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def settings_in_words(settings: Mapping[str, Any], units: Mapping[str, str]) -> str:
    """Return settings as one line.

    >>> settings_in_words({"widths": [10, 2], "rate": 0.1}, {"rate": "nats"})
    'widths = [10, 2]; rate = 0.1 nats'
    """
    return "; ".join(f"{name} = {written(value)} {units.get(name, '')}".strip() for name, value in settings.items())


def written(value: Any) -> str:
    """Return a setting as the page writes it: text as it is, lists in brackets, all else as JSON."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def number(value: str, text: str, numbers: dict[str, int], *, linked: bool) -> str:
    """Return a number in Markdown, and count it.

    Args:
        value: the id of the value that it prints.
        text: how it is written.
        numbers: how many numbers of each experiment came before.
        linked: whether the article shows the table of experiments, to whose row it then is a link.
    """
    stage = stage_of(value)
    first = "" if stage in numbers else f"#{anchor('first', stage)} "
    numbers[stage] = numbers.get(stage, 0) + 1
    row = f' row="{anchor("made", stage)}"' if linked else ""
    return f'[{text}]{{{first}.num value="{value}"{row}}}'


def appendix(content: Content, numbers: Mapping[str, int]) -> str:
    """Return the table of the experiments in Markdown, one block each.

    Args:
        content: what the report may speak of.
        numbers: how many numbers of each experiment stand in the text.
    """
    base, stages = content.plan.configuration.article.link_base, account(content)
    rows = [_row(name, stages[name], base, numbers.get(name, 0)) for name in content.artifacts]
    return "\n".join(["::::: making", *rows, ":::::", ""])


def _row(stage: str, facts: Mapping[str, Any], base: str, numbers: int) -> str:
    attributes = {key: facts[key] for key in ("title", "script", "artifact", "sha256", "command")}
    attributes |= {
        "stage": stage,
        "link": base + facts["script"],
        "digest": facts["digest"][:BRIEF_DIGEST],
        "settings": settings_in_words(facts["settings"], facts["units"]),
        "count": str(len(facts["settings"])),
        "numbers": str(numbers),
        "first": anchor("first", stage),
    }
    told = " ".join(f'{key}="{quoted(value)}"' for key, value in attributes.items())
    return f"::: {{#{anchor('made', stage)} .made {told}}}\n:::"


def quoted(text: str) -> str:
    """Return a text as the inside of a quoted pandoc attribute, character by character."""
    return " ".join(text.split()).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
