# Section 2, optimisation landscapes.
#
# in:   nothing; data, weights and batches are drawn from their seeds
# out:  results/optimization/{demo,saddles,critical,spurious,escape,stability,sharpness,adaptive}.{json,npz}
# steps: demo       SGD against Adam on pure noise, by epochs and at matched training loss
#        saddles    how rarely a random symmetric matrix has positive eigenvalues only
#        critical   index against loss at the critical points of a linear autoencoder, and of a tanh net
#        spurious   how often a ReLU network that learns from another ends in a bad local minimum
#        escape     how gradient descent leaves saddles, with the noise of mini-batches and without it
#        stability  how sharp the places are where descent on all data goes, against 2 over its step size
#        sharpness  how sharp the places are where training ends, at matched training loss, and what that tells
#        adaptive   data on which adaptive methods fit all labels and err on fresh examples, and SGD does not


use rule experiment as optimization_demo with:
    output:
        **artifact("optimization.demo"),
    log:
        "logs/optimization/demo.log",
    params:
        **stage("optimization.demo"),


use rule experiment as optimization_saddles with:
    output:
        **artifact("optimization.saddles"),
    log:
        "logs/optimization/saddles.log",
    params:
        **stage("optimization.saddles"),


use rule experiment as optimization_critical with:
    output:
        **artifact("optimization.critical"),
    log:
        "logs/optimization/critical.log",
    params:
        **stage("optimization.critical"),


use rule experiment as optimization_spurious with:
    output:
        **artifact("optimization.spurious"),
    log:
        "logs/optimization/spurious.log",
    params:
        **stage("optimization.spurious"),


use rule experiment as optimization_escape with:
    output:
        **artifact("optimization.escape"),
    log:
        "logs/optimization/escape.log",
    params:
        **stage("optimization.escape"),


use rule experiment as optimization_stability with:
    output:
        **artifact("optimization.stability"),
    log:
        "logs/optimization/stability.log",
    params:
        **stage("optimization.stability"),


use rule experiment as optimization_sharpness with:
    output:
        **artifact("optimization.sharpness"),
    log:
        "logs/optimization/sharpness.log",
    params:
        **stage("optimization.sharpness"),


use rule experiment as optimization_adaptive with:
    output:
        **artifact("optimization.adaptive"),
    log:
        "logs/optimization/adaptive.log",
    params:
        **stage("optimization.adaptive"),
