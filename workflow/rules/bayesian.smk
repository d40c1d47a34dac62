# Section 4, Bayesian deep learning.
#
# in:   nothing; the data are drawn from their seeds
# out:  results/bayesian/{dropout,coverage,calibration,faraway,posterior,selective,rule}.{json,npz}
# steps: dropout     the article's demo over seeds: trained and sampled with dropout, beside an ensemble and exact inference
#        coverage    how often 95 % intervals hold the outcome, and how wide they are, by method
#        calibration confidence against the share that is right, with few labels and many, by method
#        faraway     confidence along rays that leave the data, by method, beside the exact limits
#        posterior   how the spread of the learned function shrinks with the number of data, by method
#        selective   answers left out, and images of none of the classes, by method
#        rule        Bayes' rule and the printed formula on a few coins, in fractions


use rule experiment as bayesian_dropout with:
    output:
        **artifact("bayesian.dropout"),
    log:
        "logs/bayesian/dropout.log",
    params:
        **stage("bayesian.dropout"),


use rule experiment as bayesian_coverage with:
    output:
        **artifact("bayesian.coverage"),
    log:
        "logs/bayesian/coverage.log",
    params:
        **stage("bayesian.coverage"),


use rule experiment as bayesian_calibration with:
    output:
        **artifact("bayesian.calibration"),
    log:
        "logs/bayesian/calibration.log",
    params:
        **stage("bayesian.calibration"),


use rule experiment as bayesian_faraway with:
    output:
        **artifact("bayesian.faraway"),
    log:
        "logs/bayesian/faraway.log",
    params:
        **stage("bayesian.faraway"),


use rule experiment as bayesian_posterior with:
    output:
        **artifact("bayesian.posterior"),
    log:
        "logs/bayesian/posterior.log",
    params:
        **stage("bayesian.posterior"),


use rule experiment as bayesian_selective with:
    output:
        **artifact("bayesian.selective"),
    log:
        "logs/bayesian/selective.log",
    params:
        **stage("bayesian.selective"),


use rule experiment as bayesian_rule with:
    output:
        **artifact("bayesian.rule"),
    log:
        "logs/bayesian/rule.log",
    params:
        **stage("bayesian.rule"),
