"""Start the warm process of a build, which imports once what many stages import (`workflow/warm/server.py`).

It only saves time: without it, each stage runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from scripts.article.fonts import FONTS
from scripts.article.freshness import REPORT
from scripts.article.plan import Plan
from scripts.article.recipe import Recipe
from scripts.article.store import Store
from scripts.reach.modules import Modules

SOCKET = Path(".snakemake/warm.sock")  # relative, so that no folder is too deep for it
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


def uses(plan: Plan, made: Collection[str]) -> dict[str, list[str]]:
    """Return what the stages that are to be run import from elsewhere, each by the beginning of its command line.

    Args:
        plan: the stages.
        made: the files that the build makes.
    """
    store = Store.from_environment()
    return {
        line: [] if store.holds(recipe.digest) else sorted(set(libraries(recipe, plan.modules)))
        for line, recipe, file in _stages(plan)
        if file.as_posix() in made
    }


def _stages(plan: Plan) -> Iterator[tuple[str, Recipe, Path]]:
    """Yield of each stage the beginning of its command line, its recipe, and the file that seals the others."""
    for kind, stages in (("experiment", plan.experiments), ("figure", plan.figures)):
        for name, stage in stages.items():
            yield f"scripts.article.stage {kind} {name}", stage.recipe, stage.files[-1]
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


def start_warm(uses: dict[str, list[str]]) -> None:
    """Start the warm process, where there are several stages to run and forks of it are safe.

    Args:
        uses: what each stage imports.
    """
    # On macOS, what the system's frameworks have begun cannot be gone on with in a fork.
    if sys.platform != "linux" or os.environ.get("ARTICLE_WARM") == "off" or len(uses) < 2:
        return
    environment = os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONDONTWRITEBYTECODE": "1"}
    with suppress(OSError), socket.socket(socket.AF_UNIX) as listener:
        SOCKET.unlink(missing_ok=True)
        listener.bind(str(SOCKET))
        SOCKET.chmod(0o600)
        listener.listen(128)  # from here on clients wait; should the process not come about, it closes again
        command = [sys.executable, "-P", str(SERVER), str(listener.fileno())]
        process = subprocess.Popen(
            command,
            pass_fds=[listener.fileno()],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _HELD.append(process)
        assert process.stdin
        process.stdin.write(json.dumps(uses).encode() + b"\n")
        process.stdin.flush()
