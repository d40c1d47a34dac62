# Section 4, Bayesian deep learning.
#
# in:   nothing; the data are drawn from their seeds
# out:  results/bayesian/dropout.{json,npz}
# steps: dropout   the article's demo over seeds: trained and sampled with dropout, beside exact Bayesian inference


use rule experiment as bayesian_dropout with:
    output:
        **artifact("bayesian.dropout"),
    log:
        "logs/bayesian/dropout.log",
    params:
        **stage("bayesian.dropout"),
