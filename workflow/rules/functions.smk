# Section 7, AI as optimisation over functions.
#
# in:   nothing; functions are enumerated or drawn from their seeds
# out:  results/functions/{freelunch,variance,meta,search,context,transformer,symmetry}.{json,npz}
# steps: freelunch   every function of a few bits, every training set, several learners
#        variance    error on digits by number of examples, architecture and optimiser, all crossed
#        meta        a start that was trained to be adapted to new sinusoids, against one trained on all together
#        search      every architecture under one budget, trained on digits; searches on that table
#        context     linear attention trained on in-context regression, against its exact optimum
#        transformer a softmax transformer on the same task, at every length of the prompt
#        symmetry    two nets from independent starts, before and after their neurons are matched


use rule experiment as functions_freelunch with:
    output:
        **artifact("functions.freelunch"),
    log:
        "logs/functions/freelunch.log",
    params:
        **stage("functions.freelunch"),


use rule experiment as functions_variance with:
    output:
        **artifact("functions.variance"),
    log:
        "logs/functions/variance.log",
    params:
        **stage("functions.variance"),


use rule experiment as functions_meta with:
    output:
        **artifact("functions.meta"),
    log:
        "logs/functions/meta.log",
    params:
        **stage("functions.meta"),


use rule experiment as functions_search with:
    output:
        **artifact("functions.search"),
    log:
        "logs/functions/search.log",
    params:
        **stage("functions.search"),


use rule experiment as functions_context with:
    output:
        **artifact("functions.context"),
    log:
        "logs/functions/context.log",
    params:
        **stage("functions.context"),


use rule experiment as functions_transformer with:
    output:
        **artifact("functions.transformer"),
    log:
        "logs/functions/transformer.log",
    params:
        **stage("functions.transformer"),


use rule experiment as functions_symmetry with:
    output:
        **artifact("functions.symmetry"),
    log:
        "logs/functions/symmetry.log",
    params:
        **stage("functions.symmetry"),
