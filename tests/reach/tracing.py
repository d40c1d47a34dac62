"""Watch what code of the project does while it runs: calls, names read, imports, files opened."""

from __future__ import annotations

import builtins
import dis
import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from cProfile import Profile
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

READERS = {"LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_CLASSDEREF"}
IMPORT_FROM = dis.opmap["IMPORT_FROM"]


@dataclass
class Trace:
    """Hold what was seen.

    Args:
        codes: the code objects that ran.
        attributes: reads of attributes of the project's modules by the project's code, as (module, name).
        imports: what the project's modules imported, as (importing module, imported name).
        opened: the files that were opened to be read, and the folders that were listed.
    """

    codes: set[CodeType] = field(default_factory=set)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    imports: set[tuple[str, str]] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)


class Tracer:
    """Watch from `start` to the end of the process, which should do nothing else.

    Args:
        folder: the package whose code is watched, in the working directory.
    """

    def __init__(self, folder: str = "scripts"):
        self.package = folder
        self.inside = str(Path(folder).resolve()) + "/"
        self.trace = Trace()
        self._on = True
        self._import = builtins.__import__
        self._profiler = Profile()  # in C, as the libraries make millions of calls
        self._watched = _watched_by(self)

    def start(self) -> None:
        """Begin to watch."""
        builtins.__import__ = self._importing
        importlib.import_module = self._importing_module(importlib.import_module)
        sys.addaudithook(self._audit)
        threading.setprofile(self._called_in_thread)
        self._profiler.enable(subcalls=False, builtins=False)

    def stop(self) -> Trace:
        """Watch no more, and return what was seen."""
        self._profiler.disable()
        self._on = False
        called = (entry.code for entry in self._profiler.getstats())
        codes = {code for code in called if isinstance(code, CodeType)} | self.trace.codes
        self.trace.codes = {code for code in codes if code.co_filename.startswith(self.inside)}
        return self.trace

    def is_ours(self, frame: FrameType | None) -> bool:
        """Tell whether a frame runs code of the project."""
        return frame is not None and frame.f_code.co_filename.startswith(self.inside)

    def _called_in_thread(self, frame: FrameType, event: str, argument: Any) -> None:
        if self._on:  # a thread may outlive the watch
            self.trace.codes.add(frame.f_code)

    def _importing(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        found = self._import(name, globals, locals, fromlist, level)
        importer = str((globals or {}).get("__name__", ""))
        if self._on and not level and importer.split(".")[0] == self.package:
            self.trace.imports.add((importer, name))
        if self.package in (name.split(".")[0], importer.split(".")[0]):
            self._watch()
        return found

    def _importing_module(self, real: Callable[..., ModuleType]) -> Callable[..., ModuleType]:
        def importing(name: str, package: str | None = None) -> ModuleType:
            frame = sys._getframe(1)
            found = real(name, package)
            if self._on and self.is_ours(frame):
                self.trace.imports.add((frame.f_globals["__name__"], name))
            self._watch()
            return found

        return importing

    def _watch(self) -> None:
        """Have the project's modules tell what is read of them."""
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] == self.package and type(module) is ModuleType:
                module.__class__ = self._watched

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on or event not in ("open", "os.scandir", "os.listdir") or _imports(sys._getframe(1)):
            return
        path, mode = arguments[0], arguments[1] if event == "open" else "r"
        if isinstance(path, bytes):
            path = path.decode()
        if isinstance(path, str) and not set("wax") & set(mode or ""):
            self.trace.opened.add(path)


def _watched_by(tracer: Tracer) -> type[ModuleType]:
    class Watched(ModuleType):
        """Tell what the project's code reads of this module; an import by name counts where the name is used."""

        def __getattribute__(self, name: str) -> Any:
            frame = sys._getframe(1)
            if tracer._on and tracer.is_ours(frame) and frame.f_code.co_code[frame.f_lasti] != IMPORT_FROM:
                tracer.trace.attributes.add((ModuleType.__getattribute__(self, "__name__"), name))
            return ModuleType.__getattribute__(self, name)

    return Watched


def _imports(frame: FrameType | None) -> bool:
    """Tell whether the import system is at work below a frame."""
    while frame is not None and "importlib" not in frame.f_code.co_filename:
        if not frame.f_code.co_filename.startswith("<frozen"):
            return False
        frame = frame.f_back
    return frame is not None


def reads(code: CodeType) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the names of its module that a code object may read, with the line and column where it does."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in READERS:
            place = instruction.positions
            yield instruction.argval, (place.lineno or 0, place.col_offset or 0) if place else (0, 0)
