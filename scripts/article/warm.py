"""Start the warm processes of a build, each of which imports once what several stages import (`workflow/warm`).

They only save time: without them, each stage runs in a process of its own. Stages share one only where their recipes
hold the same packages, so that none meets a library that does not count for it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from scripts.article.fonts import FONTS
from scripts.article.freshness import REPORT
from scripts.article.plan import Plan
from scripts.article.recipe import Recipe
from scripts.article.store import Store
from scripts.reach.modules import Modules

FOLDER = Path(".snakemake/warm")  # relative, so that no path to the project is too long for a socket
SERVER = Path("workflow/warm/server.py")
# What Snakemake sets for a job of one thread.
THREADS = ("OMP_NUM_THREADS", "GOTO_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
THREADS += ("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")
# What libraries import by themselves when they are first used, by the name whose use has them do so.
LATE = {
    "torch.optim": "torch._dynamo",  # when the first optimiser is made: half of all the time that torch takes to load
    "matplotlib.figure.Figure": "matplotlib.backends.backend_svg",  # when a figure is saved
}
_HELD: list[subprocess.Popen[bytes]] = []  # its pipe closes with this process, however it ends


@dataclass
class Group:
    """Hold stages whose recipes hold the same packages.

    Args:
        lines: the beginnings of their command lines.
        imports: what each of them imports, as `module:name`.
    """

    lines: list[str] = field(default_factory=list)
    imports: Counter[str] = field(default_factory=Counter)

    @property
    def shared(self) -> list[str]:
        """Return what several of them import; the rest is left to each."""
        return sorted(entry for entry, count in self.imports.items() if count > 1)


def groups(plan: Plan, made: Collection[str]) -> list[Group]:
    """Return the stages that are to be computed, in groups of two or more.

    Args:
        plan: the stages.
        made: the files that the build makes.
    """
    store, found = Store.from_environment(), defaultdict(Group)
    for line, recipe, file in _stages(plan):
        if file.as_posix() in made and not store.holds(recipe.digest):
            group = found[json.dumps(recipe.packages)]
            group.lines.append(line)
            group.imports.update(set(libraries(recipe, plan.modules)))
    return [group for group in found.values() if len(group.lines) > 1]


def _stages(plan: Plan) -> Iterator[tuple[str, Recipe, Path]]:
    """Yield of each stage the beginning of its command line, its recipe, and the file that seals the others."""
    for kind, stages in (("experiment", plan.experiments), ("figure", plan.figures)):
        for name, stage in stages.items():
            yield f"scripts.article.stage {kind} {name}", stage.recipe, stage.files[-1]
    if plan.infographic:
        yield "scripts.article.stage infographic", plan.infographic.recipe, plan.infographic.files[-1]
    yield "scripts.article.stage fonts", plan.fonts, FONTS
    yield "scripts.article.report", plan.report, REPORT


def libraries(recipe: Recipe, modules: Modules) -> Iterator[str]:
    """Yield what the code in a recipe imports from elsewhere, in functions too, as `module:name`."""
    for entry in recipe.code:
        module, _, name = entry.rpartition(".")
        source = modules.source(module)
        statements = [source.statements[number] for number in modules.binding(module, name)]
        own = {called: [origin, imported] for origin, imported, called in source.imports}
        inner = {called: alias for statement in statements for called, alias in statement.aliases.items()}
        for origin, imported in [*own.values(), *inner.values()]:
            if not modules.is_ours(origin) and origin.split(".")[0] not in sys.stdlib_module_names:
                yield f"{origin}:{imported}"
        for use in (use for statement in statements for use in statement.uses):
            root, *rest = use.split(".")
            path = ".".join(filter(None, [*({**own, **inner}.get(root, [])), *rest]))
            yield from (f"{late}:" for start, late in LATE.items() if f"{path}.".startswith(f"{start}."))


def start_warm(groups: Sequence[Group]) -> None:
    """Start the warm processes, where there is anything to share and forks are safe.

    Args:
        groups: of stages.
    """
    # On macOS, what the system's frameworks have begun cannot be gone on with in a fork.
    if sys.platform != "linux" or os.environ.get("ARTICLE_WARM") == "off" or not groups:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    with suppress(OSError), ExitStack() as stack:  # should a process not come about, its socket closes with the stack
        FOLDER.mkdir(parents=True, mode=0o700)
        listeners = [stack.enter_context(_listener(FOLDER / str(number))) for number in range(len(groups))]
        table = {line: str(FOLDER / str(number)) for number, group in enumerate(groups) for line in group.lines}
        (FOLDER / "sockets.json").write_text(json.dumps(table))
        handles = [listener.fileno() for listener in listeners]
        process = subprocess.Popen(
            [sys.executable, "-P", str(SERVER)],
            pass_fds=handles,
            env=os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _HELD.append(process)
        assert process.stdin
        jobs = [[handle, group.shared] for handle, group in zip(handles, groups, strict=True)]
        process.stdin.write(json.dumps(jobs).encode() + b"\n")
        process.stdin.flush()


def _listener(path: Path) -> socket.socket:
    """Return a socket on which clients can wait from now on."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(128)
    return listener
