"""The modules of the project in the working directory, as import would find them, read once each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from scripts.article.errors import ArticleError, nearest
from scripts.reach.source import Source
from scripts.reach.summaries import Summaries

ROOTS = ("scripts",)


class Modules:
    """Find and read modules; what was read once is kept, so an edit needs a new object.

    Args:
        summaries: where the summaries of files are kept from run to run.
    """

    def __init__(self, summaries: Summaries):
        self._summaries = summaries
        self._sources: dict[str, Source] = {}
        self._bindings: dict[str, dict[str, list[int]]] = {}
        self._aliases: dict[str, dict[str, list[list[str]]]] = {}
        self.path = cache(self._path)
        self.is_ours = cache(self._is_ours)

    def _path(self, module: str) -> Path | None:
        """Return a module's file, its folder's `__init__.py` first as import does; None where there is none."""
        base = Path(*module.split("."))
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return path
        return None

    def _is_ours(self, module: str) -> bool:
        """Tell whether a module is found in the project; a file of ours hides an installed package of its name."""
        top = module.split(".")[0]
        return top in ROOTS or self.path(top) is not None

    def exists(self, module: str) -> bool:
        """Tell whether there is a file or folder of ours for a module."""
        return self.is_ours(module) and (self.path(module) is not None or self._is_folder(module))

    def _is_folder(self, module: str) -> bool:
        folder = Path(*module.split("."))
        return folder.name != "" and folder.is_dir() and any(folder.glob("*.py"))

    def source(self, module: str) -> Source:
        """Return a module's summary; a folder without `__init__.py` is an empty one.

        Raises:
            ArticleError: there is no such module, or it is no valid Python.
        """
        if module not in self._sources:
            path = self.path(module)
            if path is None and not self._is_folder(module):
                raise ArticleError(f"{Path(*module.split('.'))}.py: no such file, expected the module {module}")
            self._sources[module] = self._summaries.of(path, module) if path else Source([], [])
        return self._sources[module]

    def require(self, module: str, name: str) -> None:
        """Check that a module binds a name.

        Raises:
            ArticleError: it does not, or there is no such module.
        """
        self.source(module)
        if not self.binds(module, name):
            known = sorted(self._bound(module))
            raise ArticleError(f"{self.path(module)}: expected a function {name}{nearest(name, known)}")

    def binding(self, module: str, name: str) -> list[int]:
        """Return the numbers of the statements of a module that bind a name."""
        return self._bound(module).get(name, [])

    def _bound(self, module: str) -> Mapping[str, list[int]]:
        if module not in self._bindings:
            found: dict[str, list[int]] = {}
            for number, statement in enumerate(self.source(module).statements):
                for name in statement.names:
                    found.setdefault(name, []).append(number)
            self._bindings[module] = found
        return self._bindings[module]

    def aliases(self, module: str, name: str) -> list[list[str]]:
        """Return what the imports of a module bind a name to, as (module, name) each."""
        if module not in self._aliases:
            found: dict[str, list[list[str]]] = {}
            for origin, imported, called in self.source(module).imports:
                if called and called != "*":
                    found.setdefault(called, []).append([origin, imported])
            self._aliases[module] = found
        return self._aliases[module].get(name, [])

    def binds(self, module: str, name: str) -> bool:
        """Tell whether a module binds a name, by a statement or by an import, or may by a star import of ours."""
        return bool(self.binding(module, name) or self.aliases(module, name)) or any(
            self.is_ours(star) and self.binds(star, name) for star in self.stars(module)
        )

    def stars(self, module: str) -> list[str]:
        """Return the modules that a module imports all names from."""
        return [origin for origin, name, _ in self.source(module).imports if name == "*"]

    def parents(self, module: str) -> list[str]:
        """Return the packages that a module lies in."""
        parts = module.split(".")
        return [".".join(parts[:length]) for length in range(1, len(parts))]

    def inside(self, module: str) -> list[str]:
        """Return the modules directly inside a package."""
        return [name for name in self.all if name.rpartition(".")[0] == module]

    @cached_property
    def all(self) -> list[str]:
        """Return every module under the project's packages."""
        files = [path for root in ROOTS for path in Path(root).rglob("*.py")]
        names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}
        return sorted(names)
