"""The code of the article: its generator, its mathematics, and one package per section.

Its modules are always compiled from their source. Python keeps bytecode by a file's time in whole seconds and its size,
and an edit may leave both as they were; a result must not come from code that is no longer there.
"""

import sys
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path

ROOTS = [str(Path(folder).resolve()) for folder in __path__]


class FromSource(SourceFileLoader):
    """Load a module from its source, without reading or writing bytecode."""

    def path_stats(self, path):
        """Have no times to compare bytecode with."""
        raise OSError(f"{path}: compiled anew")


def _finder(path):
    if not any(path == root or path.startswith(f"{root}/") for root in ROOTS):
        raise ImportError
    return FileFinder(path, (FromSource, [".py"]))


sys.path_hooks.insert(0, _finder)
for _path in [path for path in sys.path_importer_cache if any(path.startswith(root) for root in ROOTS)]:
    del sys.path_importer_cache[_path]
