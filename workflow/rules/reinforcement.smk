# Section 6, reinforcement learning.
#
# in:   nothing; the experience is drawn from its seeds
# out:  results/reinforcement/toy.{json,npz}
# steps: toy   the article's table: its exact answer, its first updates, and its limits


use rule experiment as reinforcement_toy with:
    output:
        **artifact("reinforcement.toy"),
    log:
        "logs/reinforcement/toy.log",
    params:
        **stage("reinforcement.toy"),
