"""The functions that templates call: every number, figure, claim, equation and citation is looked up and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from scripts.article.anchors import anchor, attribute
from scripts.article.audited import firmness
from scripts.article.content import Content
from scripts.article.criteria import MEANINGS
from scripts.article.errors import ArticleError, nearest
from scripts.article.ledger import counted, ledger, overview, tally, undecided, what_is_missing
from scripts.article.making import appendix, number
from scripts.article.miniatures import infographic
from scripts.article.values import Value, brief, grouped

ORIGINAL_TITLE = "The original demo, and what happens when you run it"
Found = TypeVar("Found")


@dataclass
class Numbering:
    """Count figures and equations in the order of their first appearance, and remember what was shown.

    Args:
        figures: number by id.
        equations: number by id.
        claims: ids shown as a block, in order.
        values: ids that were printed or asked for.
        numbers: how many numbers of each experiment stand in the text, by the experiment's id.
        rows: whether the table of experiments is shown.
    """

    figures: dict[str, int] = field(default_factory=dict)
    equations: dict[str, int] = field(default_factory=dict)
    claims: list[str] = field(default_factory=list)
    values: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    rows: bool = False


class Functions:
    """Offer the functions that templates call.

    Args:
        content: what may be spoken of.
        numbering: filled in this pass.
        known: the numbers found by the pass before; None in the first pass, where a reference stays open.
    """

    def __init__(self, content: Content, numbering: Numbering, known: Numbering | None):
        self.content = content
        self.numbering = numbering
        self.known = known

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """Return the functions by the name that templates call them by."""
        names = ("num", "val", "count", "setting", "fig", "figref", "equation", "eq", "claim", "verdict")
        names += ("cite", "citet", "original", "tally", "ledger", "counted", "undecided", "overview", "secref")
        names += ("stages", "infographic", "says", "version")
        article = self.content.plan.configuration.article
        found = {name: getattr(self, name) for name in names} | firmness(self.content)
        return found | {"article": article}  # type: ignore[dict-item]

    def num(self, identifier: str, *, interval: bool = True) -> str:
        """Return a value with its interval and unit, marked so that page and print can say how it was made."""
        return self._number(identifier, self.val(identifier).format(interval=interval))

    def val(self, identifier: str) -> Value:
        """Return a value itself, for conditions."""
        self.numbering.values.add(identifier)
        return _look_up("value", identifier, self.content.values)

    def count(self, identifier: str) -> str:
        """Return how many independent repetitions stand behind a value."""
        value = self.val(identifier)
        if value.n is None:
            raise ArticleError(f"value {identifier} has no n: it is exact, or stands for one repetition")
        return self._number(identifier, str(value.n))

    def setting(self, identifier: str, *, between: str = " × ") -> str:
        """Return a parameter's value as the settings have it; `between` stands between the entries of a list."""
        value = _look_up("setting", identifier, self.content.settings)
        text = between.join(map(_plain, value)) if isinstance(value, list) else _plain(value)
        return f'[{text}]{{.setting title="{identifier}"}}'

    def fig(self, identifier: str, caller: Callable[[], str]) -> str:
        """Return a figure with its caption, the body of the call."""
        drawing = _look_up("figure", identifier, self.content.figures)
        number = _next_number("figure", identifier, self.numbering.figures)
        head = f'::: {{#{anchor("fig", identifier)} .figure number="{number}" path="{drawing.path.as_posix()}" '
        return f'{head}alt="{attribute(drawing.alt)}"}}\n{caller().strip()}\n:::\n'

    def figref(self, identifier: str) -> str:
        """Return a link to a figure."""
        return self._reference("figure", identifier, "Figure", "fig")

    def equation(self, identifier: str, *, alt: str, caller: Callable[[], str]) -> str:
        """Return a numbered display equation, the body of the call in TeX; `alt` is how one would read it aloud."""
        if not alt.strip():
            raise ArticleError(f"equation {identifier}: alt is empty, expected the formula in spoken words")
        number = _next_number("equation", identifier, self.numbering.equations)
        head = f'::: {{#{anchor("eq", identifier)} .equation number="{number}" alt="{attribute(alt)}"}}'
        return f"{head}\n$${caller().strip()}$$\n:::\n"

    def eq(self, identifier: str) -> str:
        """Return a link to an equation."""
        return self._reference("equation", identifier, "Equation", "eq")

    def secref(self, section: str) -> str:
        """Return a link to a section, by its number."""
        sections = self.content.plan.sections
        if section not in sections:
            raise ArticleError(f"unknown section {section!r}{nearest(section, sections)}")
        return f"[Section {sections.index(section) + 1}](#{section})"

    def claim(self, identifier: str) -> str:
        """Return a claim as a block: assertion, verdict, criterion, evidence, papers."""
        decided = _look_up("claim", identifier, self.content.claims)
        if identifier in self.numbering.claims:
            raise ArticleError(f"claim {identifier} is shown twice, expected once")
        self.numbering.claims.append(identifier)
        claim = decided.claim
        head = f'::: {{#{anchor("claim", identifier)} .claim verdict="{decided.verdict}" name="{identifier}" '
        head += f'meaning="{MEANINGS[decided.verdict]}"}}'
        if claim.standing_criterion is None:
            papers = f" See {self.citet(*claim.references)}." if claim.references else ""
            pending = f"{claim.criterion_words()}{papers}"
            return "\n".join([head, claim.assertion.strip(), "", "::: pending", pending, ":::", ":::", ""])
        lines = [claim.assertion.strip(), ""]
        missing = what_is_missing(decided, self.content.values)
        if missing:
            lines += ["::: condition", f"*Why it is open:* {missing}.", ":::", ""]
        if claim.condition and decided.by_criterion == "qualified":
            lines += ["::: condition", f"*Under conditions:* {claim.condition.strip()}", ":::", ""]
        lines += [f'::: {{.evidence name="{identifier}" verdict="{decided.verdict}"}}']
        if claim.in_favour:
            lines += [f"**For it:** {claim.in_favour.strip()} **Against it:** {claim.against.strip()}", ""]
        lines += [f"**Criterion.** {claim.criterion_words()}"]
        if claim.value_ids():
            rows = [f"| `{name}` | {self.num(name)} |" for name in claim.value_ids()]
            lines += ["", "| | |", "|:--|:--|", *rows]
        if claim.references:
            lines += ["", f"**Papers.** {self.citet(*claim.references)}."]
        return "\n".join([head, *lines, ":::", ":::", ""])

    def verdict(self, identifier: str) -> str:
        """Return a claim's verdict as a word."""
        return _look_up("claim", identifier, self.content.claims).verdict

    def says(self, identifier: str, otherwise: str = "", **words: str) -> str:
        """Return the words that fit a claim's verdict: those given by its name, or else `otherwise`."""
        verdict = self.verdict(identifier)
        for name in words:
            _look_up("verdict", name, MEANINGS)
        if not words.get(verdict, otherwise):
            raise ArticleError(f"says({identifier!r}) has no words for {verdict}, expected {verdict}= or otherwise=")
        return words.get(verdict, otherwise)

    def version(self, package: str) -> str:
        """Return the version of a package (or of Python) that the experiments ran with."""
        found = {
            name: version
            for artifact in self.content.artifacts.values()
            for name, version in artifact.recipe.packages.items()
        }
        return _look_up("package", package, found)

    def cite(self, *keys: str) -> str:
        """Return a citation in parentheses."""
        return "[" + "; ".join(f"@{self._checked_key(key)}" for key in keys) + "]"

    def citet(self, *keys: str) -> str:
        """Return a citation that is part of the sentence."""
        return "; ".join(f"@{self._checked_key(key)}" for key in keys)

    def original(self, caller: Callable[[], str]) -> str:
        """Return the box on the article's original demo."""
        return f'::: {{.original heading="{ORIGINAL_TITLE}"}}\n{caller().strip()}\n:::\n'

    def tally(self) -> str:
        """Return a table of how many claims of each section have which verdict."""
        return tally(self.content)

    def ledger(self) -> str:
        """Return the table of all claims, each with what decides it."""
        return ledger(self.content, self.num)

    def counted(self, verdict: str) -> int:
        """Return how many claims have a verdict."""
        return _look_up("verdict", verdict, counted(self.content))

    def undecided(self) -> str:
        """Return a list of the inconclusive claims with how many seeds would decide each."""
        return undecided(self.content)

    def overview(self, section: str) -> str:
        """Return a table of a section's claims, each with its verdict and a link to where it is decided."""
        return overview(self.content, section)

    def stages(self) -> str:
        """Return the table of how each number was made: a row an experiment."""
        if self.numbering.rows:
            raise ArticleError("the table of experiments is shown twice, expected once")
        self.numbering.rows = True
        return appendix(self.content, self.known.numbers if self.known else {})

    def _number(self, identifier: str, text: str) -> str:
        return number(identifier, text, self.numbering.numbers, linked=self.known is not None and self.known.rows)

    def infographic(self) -> str:
        """Return the infographic."""
        return infographic(self.content)

    def _reference(self, kind: str, identifier: str, word: str, prefix: str) -> str:
        if self.known is None:
            return word
        numbers = self.known.figures if kind == "figure" else self.known.equations
        number = _look_up(kind, identifier, numbers)
        shown = f"({number})" if kind == "equation" else f"{number}"
        return f"[{word}\N{NO-BREAK SPACE}{shown}](#{anchor(prefix, identifier)})"

    def _checked_key(self, key: str) -> str:
        if key not in self.content.references:
            raise ArticleError(f"{key!r} is not in templates/references.bib{nearest(key, self.content.references)}")
        return key


def _look_up(kind: str, identifier: str, known: Mapping[str, Found]) -> Found:
    if identifier not in known:
        raise ArticleError(f"unknown {kind} {identifier!r}{nearest(identifier, list(known))}")
    return known[identifier]


def _next_number(kind: str, identifier: str, numbers: dict[str, int]) -> int:
    if identifier in numbers:
        raise ArticleError(f"{kind} {identifier} is shown twice, expected once")
    numbers[identifier] = len(numbers) + 1
    return numbers[identifier]


def _plain(value: Any) -> str:
    """Return a parameter's value in words.

    >>> _plain(10.0), _plain(12_000), _plain(1e-8), _plain("tanh")
    ('10', '12\N{NARROW NO-BREAK SPACE}000', '1 × 10⁻⁸', 'tanh')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return grouped(str(value)) if isinstance(value, int) else brief(value)
