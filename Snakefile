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
        rules.changes.output,


# Runs once, in the main process, before the first job; not in dry runs, nor where nothing is to be done.
onstart:
    with told_in_one_line():
        start_build(PLANNED_ON)
        start_warm(groups(PLAN, planned()))


onsuccess:
    made = [getattr(rules.report.output, kind) for kind in ("html", "pdf", "json")]
    print(f"Made {', '.join(made)} in {elapsed()}.", file=sys.stderr)
    if rules.changes.output.page in planned():
        print(Path(rules.changes.log[0]).read_text(encoding="utf-8", errors="replace"), end="", file=sys.stderr)


onerror:
    print(
        "The build has failed. The log above says why; the last good report, if any, still stands.",
        file=sys.stderr,
    )
