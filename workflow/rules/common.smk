# What all rules share: the checked plan of the article, and what rules ask it.

import json
import os
import shlex
import sys
import time

from snakemake.exceptions import WorkflowError

sys.path.insert(0, workflow.basedir)

from scripts.article.artifacts import arrays_path, artifact_path
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.freshness import align_times, stale
from scripts.article.lock import end_quietly, start_build, state
from scripts.article.plan import Plan
from scripts.article.warm import groups, start_warm

# The interpreter that runs Snakemake runs the stages, whether or not its environment was activated.
shell.prefix(f"export PATH={shlex.quote(os.path.dirname(sys.executable))}:$PATH PYTHONDONTWRITEBYTECODE=1; ")

STARTED = time.monotonic()

# Jobs start as soon as they can. With a limit, Snakemake looks again and again whether it may start more, and waits for
# the last look at its end.
if workflow.scheduling_settings is not None:
    workflow.scheduling_settings.max_jobs_per_timespan = None

end_quietly()

try:
    PLAN = Plan.load(config)
except ArticleError as error:
    raise WorkflowError(str(error))

align_times(PLAN)
PLANNED_ON = state()
STALE = stale(PLAN)


def elapsed():
    """Return how long the build has taken, in words."""
    minutes, seconds = divmod(round(time.monotonic() - STARTED), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def artifact(identifier):
    """Return the files of an experiment's artifact."""
    path = artifact_path(identifier)
    return {"values": str(path), "arrays": str(arrays_path(path))}


def nothing_stale(wildcards):
    """Return no input, but have Snakemake make anew what the digests say is stale, whatever it remembers itself."""
    workflow.dag.forcefiles.update(STALE)
    return []


def planned():
    """Return the files that the build is to make, or has made."""
    return {str(file) for job in workflow.dag.needrun_jobs(exclude_finished=False) for file in job.output}


def stage(identifier):
    """Return the params of an experiment's rule."""
    if identifier not in PLAN.experiments:
        raise WorkflowError(f"workflow/rules: the settings list no experiment {identifier!r}")
    return PLAN.experiments[identifier].params


def drawn(wildcards):
    """Return the stage of a figure."""
    return PLAN.figures[f"{wildcards.section}.{wildcards.figure}"]
