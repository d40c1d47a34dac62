"""Remember what is installed: imported before the forks, so that each of them need not look it up again."""

import importlib.metadata
from functools import cache

import packaging.requirements

importlib.metadata.version = cache(importlib.metadata.version)
importlib.metadata.requires = cache(importlib.metadata.requires)
importlib.metadata.packages_distributions = cache(importlib.metadata.packages_distributions)
packaging.requirements.Requirement = cache(packaging.requirements.Requirement)  # type: ignore[misc]

for _name in {name for names in importlib.metadata.packages_distributions().values() for name in names}:
    for _spelling in {_name, _name.lower(), _name.lower().replace("_", "-").replace(".", "-")}:
        importlib.metadata.version(_spelling)
        for _text in importlib.metadata.requires(_spelling) or []:
            packaging.requirements.Requirement(_text)
