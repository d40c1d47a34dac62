"""All that stages import can be imported where there is no torchvision, which laplace-torch's own needs would bring in.

A torchvision of another build than torch's breaks torch when it is imported, so none is installed.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

# Imports what it is told with torchvision hidden, fits a model of three points, and prints what came of it as JSON. Any
# torchvision on the path breaks, as that of another build does, so it matters that it is hidden.
PROGRAM = """
import importlib, importlib.util, json, sys


class WithoutTorchvision:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, *others):
        return None if name.split(".")[0] == "torchvision" else self.finder.find_spec(name, *others)


sys.meta_path[:] = [WithoutTorchvision(finder) for finder in sys.meta_path]
failed = {}
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed[name] = repr(error)
found = {
    "failed": failed,
    "loaded": sorted({name.partition(".")[0] for name in sys.modules if sys.modules[name] is not None}),
    "visible": importlib.util.find_spec("torchvision") is not None,
}
try:
    import torch
    from scripts.maths.ensembles import Ensemble
    from scripts.maths.laplace import fit_laplace, function_moments

    net = Ensemble([torch.zeros(1, 1, 1).double()], [torch.zeros(1, 1, 1).double()])
    fitted = fit_laplace(
        net, 0, torch.tensor([[-1.0], [0.0], [1.0]]), torch.zeros(3), likelihood="regression", weights="all",
        prior_precision=1.0, noise=1.0,
    )
    found["variance"] = function_moments(fitted, torch.tensor([[2.0]]))[1].tolist()
except Exception as error:
    found["variance"] = repr(error)
json.dump(found, sys.stdout)
"""


def modules() -> list[str]:
    """Name every module under scripts."""
    files = sorted(ROOT.glob("scripts/**/*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def packages() -> set[str]:
    """Name every module of others that a module under scripts imports, anywhere in it."""
    found = set()
    for file in ROOT.glob("scripts/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module)
    return {name for name in found if name.split(".")[0] not in ("scripts", "__future__")}


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Return what came of importing everything in one process."""
    folder = tmp_path_factory.mktemp("path")
    (folder / "torchvision").mkdir()
    (folder / "torchvision/__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')\n")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps([*modules(), *sorted(packages())]),
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_everything_that_stages_import_is_there(imported):
    assert imported["failed"] == {}


def test_the_imports_inside_functions_are_among_them(imported):
    assert {"laplace", "ripser", "sklearn.isotonic", "numpy", "torch"} <= packages()
    assert {"laplace", "ripser", "sklearn", "numpy", "torch"} <= set(imported["loaded"])


def test_torchvision_is_neither_visible_nor_loaded(imported):
    assert not imported["visible"]
    assert "torchvision" not in imported["loaded"]


def test_laplace_fits_a_model(imported):
    """Three points at -1, 0 and 1: precisions 1 + 2 of the slope and 1 + 3 of the bias, so 4/3 + 1/4 at 2."""
    assert imported["variance"] == pytest.approx([4 / 3 + 1 / 4])
