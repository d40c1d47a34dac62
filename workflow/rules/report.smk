# The report, assembled from the artifacts and figures of all sections and from the templates.
#
# in:    results/**, templates/**
# out:   report/report.{html,pdf,json}, report/infographic.png, report/changes.html
# steps: infographic  draw it from the sections' miniatures and the verdicts of all claims
#        fonts        cut the page's fonts to the characters that an article may use
#        report       render text, page and print, all from the same artifacts
#        changes      compare it with the report that was accepted last (accepted/report.json)


if PLAN.infographic:

    rule infographic:
        input:
            nothing_stale,
            [artifact(name)["values"] for name in PLAN.infographic.reads],
        output:
            [str(file) for file in PLAN.infographic.files],
        log:
            "logs/infographic.log",
        conda:
            "../../environment.yml"
        threads: 1
        params:
            **PLAN.infographic.params,
        shell:
            "python -I -S workflow/warm/client.py scripts.article.stage infographic"
            " --settings {params.settings:q}"
            " --digest {params.digest:q}"
            " > {log:q} 2>&1"


rule fonts:
    input:
        nothing_stale,
    output:
        record="results/fonts/fonts.json",
        fonts=expand("results/fonts/{name}.woff2", name=["math", "figure", "figure-italic"]),
    log:
        "logs/fonts.log",
    conda:
        "../../environment.yml"
    threads: 1
    params:
        digest=PLAN.fonts.digest,
    shell:
        "python -I -S workflow/warm/client.py scripts.article.stage fonts --digest {params.digest:q} > {log:q} 2>&1"


# `update` keeps the last good report where a new one cannot be made.
rule report:
    input:
        nothing_stale,
        PLAN.outputs(),
        rules.fonts.output,
    output:
        **({"card": update("report/infographic.png")} if PLAN.infographic else {}),
        html=update("report/report.html"),
        pdf=update("report/report.pdf"),
        json=update("report/report.json"),
        snapshot="results/snapshot.json",
        record="results/report.json",
    log:
        "logs/report.log",
    conda:
        "../../environment.yml"
    threads: 1
    params:
        config=json.dumps(config, sort_keys=True),
    shell:
        "python -I -S workflow/warm/client.py scripts.article.report"
        " --config {params.config:q}"
        " --into report"
        " > {log:q} 2>&1"


rule changes:
    input:
        nothing_stale,
        rules.report.output,
    output:
        page="report/changes.html",
        record="results/changes.json",
    log:
        "logs/changes.log",
    conda:
        "../../environment.yml"
    threads: 1
    shell:
        "python -I -S workflow/warm/client.py scripts.article.changes > {log:q} 2>&1"
