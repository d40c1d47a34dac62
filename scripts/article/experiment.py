"""Carry out one experiment: settings and artifacts in, its own artifact out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from scripts.article.artifacts import Result, artifact_path, load_artifact, save_artifact
from scripts.article.recipe import Recipe
from scripts.article.settings import Model


def conduct(
    identifier: str, compute: Callable[..., Result], model: type[Model], recipe: Recipe, reads: Sequence[str]
) -> None:
    """Compute an experiment and save its artifact.

    Args:
        identifier: its id, `section.experiment`.
        compute: from its settings, and the artifacts it reads by experiment name, to its result.
        model: the class of its settings.
        recipe: what it depends on, its settings among it.
        reads: the experiments that it reads.

    Raises:
        ArticleError: an artifact is missing or damaged, or the result cannot be stored.
    """
    settings = model.model_validate_json(json.dumps(recipe.settings))
    inputs = [load_artifact(artifact_path(name)) for name in reads]
    result = compute(settings, **{artifact.stage.split(".")[1]: artifact for artifact in inputs})
    contents = {artifact.path.as_posix(): artifact.sha256 for artifact in inputs}
    save_artifact(result, artifact_path(identifier), stage=identifier, recipe=recipe, inputs=contents)
