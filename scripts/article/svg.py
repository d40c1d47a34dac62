"""Make an SVG that matplotlib wrote smaller, to the hundredth of a point the same."""

from __future__ import annotations

import re

NUMBER = r"-?\d+(?:\.\d+)?"


def compact(svg: str) -> str:
    """Return an SVG with places to 1/100 pt, paths by steps from point to point, short ids, and nothing superfluous."""
    text = re.sub(r"<!DOCTYPE.*?>\s*", "", svg, count=1, flags=re.DOTALL)
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'\bd="([^"]*)"', lambda path: f'd="{compact_path(path[1])}"', text)
    text = _numbered(text)
    text = re.sub(rf'(<use [^>]*\bx=)"({NUMBER})" y="({NUMBER})"', _short_place, text)
    return _without_what_nothing_uses(text)


def compact_path(path: str) -> str:
    """Return a path with relative commands, each letter and sign only where it is needed.

    Args:
        path: absolute commands M, L, Q, C and z, as matplotlib writes them. Others are left as they are.
    """
    tokens = re.findall(rf"[A-Za-z]|{NUMBER}(?:e-?\d+)?", path)
    if not {token for token in tokens if token.isalpha()} <= set("MLQCz"):
        return path
    found, last, here, start, place = [], "", (0, 0), (0, 0), 0
    while place < len(tokens):
        letter = tokens[place]
        count = {"M": 1, "L": 1, "Q": 2, "C": 3, "z": 0}[letter]
        numbers = [round(100 * float(token)) for token in tokens[place + 1 : place + 1 + 2 * count]]
        place += 1 + 2 * count
        if letter == "z":
            found.append("z")
            here, last = start, "z"
            continue
        steps = [number - here[axis % 2] for axis, number in enumerate(numbers)]
        here = (numbers[-2], numbers[-1])
        start = here if letter == "M" else start
        found.append(_command(letter.lower(), last, steps))
        last = letter.lower()
    return "".join(found)


def _numbered(svg: str) -> str:
    """Number the ids that matplotlib makes from hashes.

    It hashes places to their last bit, which the solver of its layouts does not always give alike.
    """
    hashed = dict.fromkeys(re.findall(r'\bid="([a-z][0-9a-f]{10})"', svg))
    numbers = {name: f"{name[0]}{number}" for number, name in enumerate(hashed, start=1)}
    where = r'(\bid="|url\(#|href="#)([a-z][0-9a-f]{10})\b'
    return re.sub(where, lambda found: found[1] + numbers.get(found[2], found[2]), svg)


def _without_what_nothing_uses(svg: str) -> str:
    """Leave out comments, indentation, spaces in styles, and ids that nothing refers to."""
    text = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', text))
    text = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", text)
    text = re.sub(r'\bstyle="[^"]*"', lambda found: re.sub("([:;]) +", r"\1", found[0]), text)
    text = re.sub(r">\s*\n\s*<", ">\n<", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def _command(letter: str, last: str, steps: list[int]) -> str:
    """Write a command; its letter may go after one of its kind, and that of a line after a move."""
    implied = (letter == last and letter != "m") or (letter, last) == ("l", "m")
    text = "" if implied else letter
    for step in steps:
        number = _hundredths(step)
        text += number if number.startswith("-") or text[-1:].isalpha() else f" {number}"
    return text


def _hundredths(number: int) -> str:
    """Write hundredths as a decimal number with no zeros that say nothing."""
    whole, part = divmod(abs(number), 100)
    text = f"{whole or ''}.{part:02d}".rstrip("0").rstrip(".") or "0"
    return f"-{text}" if number < 0 else text


def _short_place(found: re.Match[str]) -> str:
    x, y = (_hundredths(round(100 * float(found[place]))) for place in (2, 3))
    return f'{found[1]}"{x}" y="{y}"'
