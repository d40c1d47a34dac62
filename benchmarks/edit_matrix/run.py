"""Compare, edit by edit, what build tools rerun.

    python benchmarks/edit_matrix/run.py [--tools ours,snakemake,dvc,book] [--environment DIR]

Each tool builds the same small article once. Every edit is made in a copy of it as it was then; the tool builds again;
what ran and what the pages say is held against what plain Python computes from the edited sources. Prints a table in
Markdown. The other tools are installed into an environment of their own on the first run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from book_tool import Book
from dvc_tool import Dvc, DvcListed
from edits import EDITS, Edit
from own_tool import Own
from plain import Plain
from snakemake_tool import Snakemake, SnakemakeListed
from tool import Tool
from verdict import Truth, Verdict, differences, find_truth, judge

TOOLS: tuple[type[Tool], ...] = (Own, Snakemake, SnakemakeListed, Dvc, DvcListed, Book)
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
WORDS = ("right", "needless", "STALE", "stopped")
Rows = dict[str, list[Verdict]]


def main() -> None:
    """Print the table."""
    given = parse()
    install(given.environment)
    with tempfile.TemporaryDirectory() as folder:
        plain = first_build(Plain, Path(folder), given.environment)
        truths = {edit: find_truth(edit, plain) for edit in EDITS if given.edits in edit.name}
        plain.reset()
        tools = [first_build(kind, Path(folder), given.environment) for kind in given.tools]
        for tool in tools:
            if wrong := differences(tool, plain.published()):
                sys.exit(f"{tool.name}: the first build differs from plain Python in {sorted(wrong)}")
        rows = {edit.name: [measure(edit, truths[edit], tool, given.check) for tool in tools] for edit in truths}
        versions = dict.fromkeys(tool.version() for tool in tools)
    print(table(rows, [tool.name for tool in tools]))
    print(f"\nVersions: {'; '.join(versions)}; Python {sys.version.split()[0]}.")


def parse() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    keys = ",".join(tool.key for tool in TOOLS)
    parser.add_argument("--tools", type=kinds, default=list(TOOLS), help=f"some of {keys}; all by default")
    parser.add_argument("--edits", default="", help="only edits whose name holds this text")
    parser.add_argument("--environment", type=absolute, default=default_environment(), help="where the other tools are")
    parser.add_argument("--check", action="store_true", help="also build anew after each edit; it must give the truth")
    return parser.parse_args()


def kinds(text: str) -> list[type[Tool]]:
    """Return the tools that a list of keys names."""
    known = {tool.key: tool for tool in TOOLS}
    if unknown := set(text.split(",")) - set(known):
        raise argparse.ArgumentTypeError(f"{sorted(unknown)[0]!r} is none of {', '.join(known)}")
    return [known[key] for key in text.split(",")]


def absolute(text: str) -> Path:
    """Return a path that holds in every folder."""
    return Path(text).absolute()


def default_environment() -> Path:
    """Return a folder of the user, outside of the repository, that belongs to today's requirements."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, f"edit-matrix-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]}")


def install(environment: Path) -> None:
    """Make the environment of the other tools, unless it is there and whole."""
    done = environment / "requirements.txt"
    if done.is_file() and done.read_bytes() == REQUIREMENTS.read_bytes():
        return
    venv.create(environment, with_pip=True)
    pip = [str(environment / "bin/python"), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS)]
    subprocess.run(pip, check=True)
    done.write_bytes(REQUIREMENTS.read_bytes())


def first_build(kind: type[Tool], folder: Path, environment: Path) -> Tool:
    """Return a tool with its article built and kept."""
    tool = kind(folder / kind.key, environment)
    tool.create()
    tool.build()
    tool.save()
    return tool


def measure(edit: Edit, truth: Truth, tool: Tool, check: bool) -> Verdict:
    """Return the verdict on one edit in one tool and say it at once."""
    verdict = judge(edit, truth, tool)
    print(f"{tool.name}: {edit.name}: {verdict}; ran {sorted(verdict.ran)}", file=sys.stderr, flush=True)
    if check:
        tool.clean()
        tool.build()
        if found := differences(tool, truth.after):
            sys.exit(f"{tool.name}: {edit.name}: a build from nothing differs from plain Python in {sorted(found)}")
    return verdict


def table(rows: Rows, names: list[str]) -> str:
    """Return the table with its totals."""
    lines = [f"| edit | {' | '.join(names)} |", "|:--" * (len(names) + 1) + "|"]
    lines += [f"| {edit} | {' | '.join(map(str, row))} |" for edit, row in rows.items()]
    columns = list(zip(*rows.values(), strict=True))
    for word in WORDS:
        counts = [sum(verdict.word == word for verdict in column) for column in columns]
        if any(counts) or word != "stopped":
            lines.append(f"| **{word}** | {' | '.join(map(str, counts))} |")
    extra = [sum(len(verdict.needless) for verdict in column) for column in columns]
    lines.append(f"| stages run needlessly | {' | '.join(map(str, extra))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
