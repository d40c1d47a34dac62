# The report, assembled from the artifacts and figures of all sections and from the templates.
#
# in:    results/**, templates/**
# out:   report/report.{html,pdf,json}
# steps: fonts    cut the page's fonts to the characters that an article may use
#        report   render text, page and print, all from the same artifacts


rule fonts:
    output:
        directory("results/fonts"),
    log:
        "logs/fonts.log",
    conda:
        "../../environment.yml"
    threads: 1
    params:
        digest=stage_digest("scripts.article.fonts", {}),
    shell:
        "python -m scripts.article.fonts" " --into {output:q}" " > {log:q} 2>&1"


rule report:
    input:
        PLAN.outputs(),
        rules.fonts.output,
    output:
        html=update("report/report.html"),
        pdf=update("report/report.pdf"),
        json=update("report/report.json"),
    log:
        "logs/report.log",
    conda:
        "../../environment.yml"
    threads: 1
    params:
        config=json.dumps(config, sort_keys=True),
        digest=PLAN.report_digest(),
    shell:
        "python -m scripts.article.report" " --config {params.config:q}" " --into report" " > {log:q} 2>&1"
