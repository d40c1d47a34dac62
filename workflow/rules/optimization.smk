# Section 2, optimisation landscapes.
#
# in:   nothing; data, weights and batches are drawn from their seeds
# out:  results/optimization/demo.{json,npz}
# steps: demo   SGD against Adam on pure noise, by epochs and at matched training loss


use rule experiment as optimization_demo with:
    output:
        **artifact("optimization.demo"),
    log:
        "logs/optimization/demo.log",
    params:
        **stage("optimization.demo"),
