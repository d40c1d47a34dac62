# Section 5, the neural tangent kernel.
#
# in:   nothing; the points are drawn from their seeds
# out:  results/ntk/rbf.{json,npz}
# steps: rbf   tangent kernel and RBF kernel on the sphere: entries and eigenvalues


use rule experiment as ntk_rbf with:
    output:
        **artifact("ntk.rbf"),
    log:
        "logs/ntk/rbf.log",
    params:
        **stage("ntk.rbf"),
