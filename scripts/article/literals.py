"""Find numbers that were typed by hand in templates and claims: `python -m scripts.article.literals`.

Every digit in prose counts, but for what `ALLOWED` lists and for constants that the file declares, each with its
reason, on lines `{## constants: 95 % (level of every interval); 30 bins (the usual number) ##}`, in a claims file
`# constants: …`. A number in the words of a claim may also be a threshold of its criterion.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from scripts.article.errors import ArticleError, told_in_one_line

TEMPLATES = Path("templates")
FRAMES = {".html", ".typ"}  # templates of a page or print, which hold no text of the article
PROSE = ("short", "test", "assertion", "for", "against", "condition", "untestable")  # of a claim
FILLER = "\0"  # stands for what may be there: neither a space nor part of a word
ALLOWED = re.compile(
    r"""
      \{\#\#.*?\#\#\}                                                          # comments
    | \{%-?\s*call\s+equation\b STRINGS %\}.*?\{%-?\s*endcall\s*-?%\}          # numbered equations
    | \{% STRINGS %\} | (?P<expression>\{\{ STRINGS \}\})                      # what Jinja2 computes
    | (?<!\\)\$\$.*?\$\$                                                       # mathematics, where pandoc sees it
    | (?<!\\)\$(?=\S)(?:\\.|[^$\\\n]|\n(?![ \t]*\n))*?(?<=\S)\$(?!\d)
    | (?m:^)(?P<fence>`{3,}|~{3,}).*?(?m:^)(?P=fence)                          # code
    | (?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?![ \t]*\n))+?(?<!`)(?P=ticks)(?!`)
    | \{[\#.][^{}]*\} | \]\([^)\s]*\) | \[\^\w+\] | https?://[^\s>)]+          # attributes, targets, notes, addresses
    | \b[A-Z][\w/]*-\d+\b(?![.,]\d|\s?%)                                       # names: CIFAR-10
    | (?:\b(?:[Ss]ection|[Cc]hapter|Figure|Equation|Table|[Tt]heorem|[Ll]emma|Appendix|page)s?|\bpp?\.|§)
      \s*\(?[1-9]\d{0,2}(?:\.[1-9]\d?)?(?:–[1-9]\d{0,2})?\)?(?![.,]?\d|\s?%)   # references
    | (?:\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]efore|[Aa]fter|early|late|year)\s+|[(\[–])
      (?:19|20)\d\ds?\b(?![.,]\d|\s?[%×/]|-\w)                                 # years, if they count nothing
      (?!\s+(?:[a-z]+\s+)?(?!(?:was|is|has|as|its|his|this|does)\b)[a-z]+s\b)
    """.replace("STRINGS", r"""(?:"[^"]*"|'[^']*'|[^"'])*?"""),  # ends inside of no string
    re.VERBOSE | re.DOTALL,
)
STRING = re.compile(r""""[^"]*"|'[^']*'""")
PARAGRAPH = re.compile(r"(?:^[^\n]*\S[^\n]*\n?)+", re.MULTILINE)
LIST_MARK = re.compile(r"^[ \t]*\d{1,2}[.)](?=[ \t])", re.MULTILINE)
NUMBER = r"(?:\d+(?:[.,\u202f]\d+)*(?:e[+−-]?\d+)?(?:[^\W_]|⁻)*(?:-[A-Za-z]+)*|[½⅓⅔¼¾⅕-⅞])"  # 10⁻⁸, 3rd, 12-bit, ½
JOINT = r"(?:\s?[×/–]\s?|\sin\s)"
LITERAL = re.compile(rf"(?<![^\W_])[−-]?{NUMBER}(?:{JOINT}{NUMBER})*(?:\s?%)?")
CONSTANTS = re.compile(r"\{## constants:(.*?)##\}", re.DOTALL)  # in a template
CONSTANTS_YAML = re.compile(r"^# constants:(.*)$", re.MULTILINE)  # in a claims file
CONSTANT = re.compile(r"(.+?)\s\(([^()]+)\)", re.DOTALL)
BARE = re.compile(r"[−-]?[\d.,\u202f]+")
ADVICE = (
    "take it from a result (num, count) or a parameter (setting), write mathematics as $…$ and a small number as a "
    "word, or declare it in this file:"
)


def check_literals() -> None:
    """Look through all templates and claims files.

    Raises:
        ArticleError: names the first literal and says how many there are.
    """
    found = [finding for path in files() for finding in findings(path)]
    if found:
        others = f" (and {len(found) - 1} more: python -m scripts.article.literals)" if len(found) > 1 else ""
        raise ArticleError(found[0] + others)


def files() -> list[Path]:
    """Return every template of text and every file of claims."""
    templates = [path for path in TEMPLATES.rglob("*.j2") if not FRAMES.intersection(path.suffixes)]
    return [*sorted(templates), *sorted((TEMPLATES / "claims").glob("*.yaml"))]


def findings(path: Path) -> list[str]:
    """Return what is wrong in a template or a claims file, each with file and line, by line.

    Raises:
        ArticleError: a claims file is no valid YAML.
    """
    text = path.read_text(encoding="utf-8")
    is_template = path.suffix != ".yaml"
    constants, found = _declared((CONSTANTS if is_template else CONSTANTS_YAML).finditer(text))
    used: set[str] = set()
    for start, piece, thresholds in [(0, text, [])] if is_template else _claim_texts(path, text):
        prose, seen = _without(constants, _prose(piece))
        used |= seen
        for literal in LITERAL.finditer(prose):
            if not all(_is_threshold(number, thresholds) for number in _numbers(literal[0])):
                declare = f"constants: {literal[0]} … (why)"
                declare = f"{{## {declare} ##}}" if is_template else f"# {declare}"
                found.append((start + literal.start(), f"'{literal[0]}' is typed by hand: {ADVICE} {declare}"))
    for constant, place in constants.items():
        if constant not in used:
            found.append((place, f"the declared constant {constant!r} stands nowhere in the text"))
    return [f"{path}:{text.count(chr(10), 0, place) + 1}: {message}" for place, message in sorted(found)]


def _declared(lines: Iterable[re.Match[str]]) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Return the declared constants with their places, and what is wrong with declarations."""
    constants, wrong = {}, []
    for line in lines:
        for part in filter(None, map(str.strip, line[1].split(";"))):
            whole = CONSTANT.fullmatch(part)
            if whole is None or BARE.fullmatch(whole[1]):
                expected = "'number and what it counts (why)', as in '95 % (the level of every interval)'"
                wrong.append((line.start(), f"constants: {part!r}, expected {expected}"))
            else:
                constants[whole[1]] = line.start()
    return constants, wrong


def _prose(text: str) -> str:
    """Return a text of the same length and lines, with fillers for all in which a number may stand."""
    text = ALLOWED.sub(_spoken, text)
    return PARAGRAPH.sub(lambda part: LIST_MARK.sub(_filled, part[0]) if LIST_MARK.match(part[0]) else part[0], text)


def _without(constants: Iterable[str], prose: str) -> tuple[str, set[str]]:
    """Return the prose without the declared constants, and those that were there; the longest go first."""
    used = set()
    for constant in sorted(constants, key=len, reverse=True):
        words = r"\s+".join(map(re.escape, constant.split()))
        prose, times = re.subn(rf"(?<!\w)(?<!\d[.,−-]){words}(?!\w|[.,]\d|\s?%)", _filled, prose)
        used |= {constant} if times else set()
    return prose, used


def _spoken(allowed: re.Match[str]) -> str:
    """Return fillers for all but the words that an expression may print."""
    filled = _filled(allowed)
    for string in STRING.finditer(allowed["expression"] or ""):
        if re.search(r"[A-Za-z]\s", string[0]):
            filled = filled[: string.start()] + _prose(string[0]) + filled[string.end() :]
    return filled


def _filled(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", FILLER, found[0])


def _claim_texts(path: Path, text: str) -> Iterator[tuple[int, str, list[float]]]:
    """Yield each text of a claims file with its place and the thresholds of its claim."""
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ArticleError(f"{path}: no valid YAML: {error}") from None
    for claim in root.value if isinstance(root, yaml.SequenceNode) else []:
        fields = {key.value: node for key, node in claim.value} if isinstance(claim, yaml.MappingNode) else {}
        thresholds = list(_thresholds(fields.get("criterion")))
        for node in (fields[name] for name in PROSE if name in fields):
            yield node.start_mark.index, text[node.start_mark.index : node.end_mark.index], thresholds


def _thresholds(node: yaml.Node | None) -> Iterator[float]:
    """Yield every number in a criterion."""
    if isinstance(node, yaml.ScalarNode) and node.tag in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:int"):
        yield float(node.value)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _thresholds(part)
    elif isinstance(node, yaml.MappingNode):
        for _, part in node.value:
            yield from _thresholds(part)


def _numbers(literal: str) -> list[float]:
    """Return the sizes of the numbers in a literal, the share for "5 in 100"; not a number for what is none."""
    parts = re.split(JOINT, literal.strip("%−-\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} "))
    sizes = [float(part) if re.fullmatch(r"\d+(?:\.\d+)?", part) else math.nan for part in parts]
    return [sizes[0] / (sizes[1] or math.nan)] if re.search(r"/|\sin\s", literal) and len(sizes) == 2 else sizes


def _is_threshold(number: float, thresholds: Iterable[float]) -> bool:
    """Return whether a number says a threshold: itself, as per cent, or by how much it is less or more than one."""
    sizes = [abs(threshold) for threshold in thresholds]
    sizes += [abs(1 - size) for size in sizes if 0 < size < 2]
    sizes += [100 * size for size in sizes if size < 2]
    return any(math.isclose(number, size, rel_tol=1e-4, abs_tol=1e-12) for size in sizes)


def main() -> None:
    """Print every literal in the templates; end with 1 if there is one."""
    with told_in_one_line():
        found = [finding for path in files() for finding in findings(path)]
    if found:
        print(*found, sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
