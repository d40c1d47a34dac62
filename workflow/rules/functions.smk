# Section 7, AI as optimisation over functions.
#
# in:   nothing; functions are enumerated or drawn from their seeds
# out:  results/functions/{freelunch,context}.{json,npz}
# steps: freelunch   every function of a few bits, every training set, several learners
#        context     linear attention trained on in-context regression, against its exact optimum


use rule experiment as functions_freelunch with:
    output:
        **artifact("functions.freelunch"),
    log:
        "logs/functions/freelunch.log",
    params:
        **stage("functions.freelunch"),


use rule experiment as functions_context with:
    output:
        **artifact("functions.context"),
    log:
        "logs/functions/context.log",
    params:
        **stage("functions.context"),
