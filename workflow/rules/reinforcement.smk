# Section 6, reinforcement learning.
#
# in:   nothing; the experience is drawn from its seeds
# out:  results/reinforcement/{toy,contraction,rates,control,divergence,printed}.{json,npz}
# steps: toy          the article's table: its exact answer, its first updates, and its limits
#        contraction  how much closer the Bellman operator brings two tables, and how fast dynamic programming ends
#        rates        Q-learning on a frozen lake under four step sizes, against its exact table
#        control      three learners on a frozen lake, along a cliff and in a taxi, judged exactly
#        divergence   Baird's star, where learning with features runs away from the right values
#        printed      the printed equation for Q beside the right one, both solved exactly


use rule experiment as reinforcement_toy with:
    output:
        **artifact("reinforcement.toy"),
    log:
        "logs/reinforcement/toy.log",
    params:
        **stage("reinforcement.toy"),


use rule experiment as reinforcement_contraction with:
    output:
        **artifact("reinforcement.contraction"),
    log:
        "logs/reinforcement/contraction.log",
    params:
        **stage("reinforcement.contraction"),


use rule experiment as reinforcement_rates with:
    output:
        **artifact("reinforcement.rates"),
    log:
        "logs/reinforcement/rates.log",
    params:
        **stage("reinforcement.rates"),


use rule experiment as reinforcement_control with:
    output:
        **artifact("reinforcement.control"),
    log:
        "logs/reinforcement/control.log",
    params:
        **stage("reinforcement.control"),


use rule experiment as reinforcement_divergence with:
    output:
        **artifact("reinforcement.divergence"),
    log:
        "logs/reinforcement/divergence.log",
    params:
        **stage("reinforcement.divergence"),


use rule experiment as reinforcement_printed with:
    output:
        **artifact("reinforcement.printed"),
    log:
        "logs/reinforcement/printed.log",
    params:
        **stage("reinforcement.printed"),
