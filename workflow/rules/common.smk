# What every section's rules share: the checked plan, and the two kinds of stage.
#
# An experiment's rule says `use rule experiment as <section>_<experiment> with:` its output, log and params; figures
# need no rule of their own. A stage's digest is one of its params: Snakemake reruns it when, and only when, the digest
# differs or an input was made anew.

import json
import os
import sys

from snakemake.exceptions import WorkflowError

sys.path.insert(0, workflow.basedir)

from scripts.article.artifacts import arrays_path, artifact_path
from scripts.article.digest import stage_digest
from scripts.article.errors import ArticleError
from scripts.article.plan import Plan

# The interpreter that runs Snakemake runs the stages, whether or not its environment was activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")


try:
    PLAN = Plan.load(config)
except ArticleError as error:
    raise WorkflowError(str(error))


def artifact(identifier):
    """Return the files of an experiment's artifact."""
    path = artifact_path(identifier)
    return [str(path), str(arrays_path(path))]


def stage(identifier):
    """Return the params of an experiment's rule."""
    if identifier not in PLAN.experiments:
        raise WorkflowError(f"workflow/rules: the settings list no experiment {identifier!r}")
    return PLAN.experiments[identifier].params


def drawn(wildcards):
    """Return the stage of a figure."""
    return PLAN.figures[f"{wildcards.section}.{wildcards.figure}"]


rule experiment:
    threads: 1
    shell:
        "python -m {params.module}"
        " --settings {params.settings:q}"
        " --digest {params.digest:q}"
        " --threads {threads}"
        " --inputs {input:q}"
        " --values {output[0]:q}"
        " > {log:q} 2>&1"


rule figure:
    input:
        lambda wildcards: [artifact(name)[0] for name in drawn(wildcards).reads],
    output:
        svg="results/{section}/figures/{figure}.svg",
        about="results/{section}/figures/{figure}.json",
    log:
        "logs/{section}/figures/{figure}.log",
    threads: 1
    params:
        digest=lambda wildcards: drawn(wildcards).digest,
    shell:
        "python -m scripts.article.figure {wildcards.section}.{wildcards.figure}"
        " --inputs {input:q}"
        " --digest {params.digest:q}"
        " --svg {output.svg:q}"
        " > {log:q} 2>&1"
