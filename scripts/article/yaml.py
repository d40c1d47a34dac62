"""Read YAML strictly: a key that stands twice in one mapping is an error, and every error names file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scripts.article.errors import ArticleError


class _Loader(yaml.SafeLoader):
    """Refuse duplicate keys, which plain YAML loaders resolve silently in favour of the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key!r} is used before, at line {seen[key]}", problem_mark=key_node.start_mark
                )
            seen[key] = line
        return super().construct_mapping(node, deep)


def load_yaml(path: Path) -> Any:
    """Return what a YAML file holds.

    Raises:
        ArticleError: missing, no valid YAML, or a key twice in one mapping.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise ArticleError(f"{path}: no such file, expected YAML") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ArticleError(f"{path}:{line}: no valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ArticleError(f"{path}: no valid YAML: {error}") from None
