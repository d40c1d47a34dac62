# The two kinds of stage that every section has.
#
# An experiment's rule says `use rule experiment as <section>_<experiment> with:` its output, log and params; figures
# need no rule of their own. A stage runs when an output is missing, when an input is made anew, or when what it made
# is stale (`nothing_stale`).


rule experiment:
    input:
        nothing_stale,
    log:
        "logs/experiment.log",
    conda:
        "../../environment.yml"
    threads: 1
    shell:
        "python -I -S workflow/warm/client.py scripts.article.stage experiment {params.stage:q}"
        " --settings {params.settings:q}"
        " --digest {params.digest:q}"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule figure:
    input:
        nothing_stale,
        lambda wildcards: [artifact(name)["values"] for name in drawn(wildcards).reads],
    output:
        svg="results/{section}/figures/{figure}.svg",
        about="results/{section}/figures/{figure}.json",
    log:
        "logs/{section}/figures/{figure}.log",
    conda:
        "../../environment.yml"
    threads: 1
    params:
        digest=lambda wildcards: drawn(wildcards).digest,
    shell:
        "python -I -S workflow/warm/client.py scripts.article.stage figure {wildcards.section}.{wildcards.figure}"
        " --digest {params.digest:q}"
        " --threads {threads}"
        " > {log:q} 2>&1"
