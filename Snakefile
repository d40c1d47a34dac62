# Mathematics in AI, Checked: `snakemake --cores all` makes report/report.{html,pdf,json}.
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")


include: "workflow/rules/common.smk"
include: "workflow/rules/stages.smk"


for section in PLAN.sections:
    if Path(workflow.basedir, f"workflow/rules/{section}.smk").is_file():

        include: f"workflow/rules/{section}.smk"


include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.report.output,


# Runs once, in the main process, before the first job; not in dry runs, nor where nothing is to be done.
onstart:
    with told_in_one_line():
        start_build(PLANNED_ON)
        start_warm(groups(PLAN, planned()))


onsuccess:
    print(f"Made {', '.join(rules.report.output[:3])} in {elapsed()}.", file=sys.stderr)


onerror:
    print(
        "The report was not made. The log above says why; the last good report, if any, still stands.",
        file=sys.stderr,
    )
