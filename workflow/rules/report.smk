# The report, assembled from the artifacts and figures of all sections and from the templates.
#
# in:    results/**, templates/**
# out:   report/report.{html,pdf,json}
# steps: fonts    cut the page's fonts to the characters that an article may use
#        report   render text, page and print, all from the same artifacts


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
        html=update("report/report.html"),
        pdf=update("report/report.pdf"),
        json=update("report/report.json"),
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
