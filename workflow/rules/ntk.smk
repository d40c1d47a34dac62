# Section 5, the neural tangent kernel.
#
# in:   nothing; the points are drawn from their seeds
# out:  results/ntk/{rbf,width,dynamics,predictable,classical,limits}.{json,npz}
# steps: rbf          tangent kernel and RBF kernel on the sphere: entries and eigenvalues
#        width        how far a network's kernel is from its limit, and training from linear, by width
#        dynamics     the course of training against what the limit kernel predicts, by width
#        predictable  where wide networks end from many starts; exact fits by random features, least squares, kernel
#        classical    support vector machines with the tangent kernel, and four other classifiers, on small data sets
#        limits       parities, which a network learns and its tangent kernel does not


use rule experiment as ntk_rbf with:
    output:
        **artifact("ntk.rbf"),
    log:
        "logs/ntk/rbf.log",
    params:
        **stage("ntk.rbf"),


use rule experiment as ntk_width with:
    output:
        **artifact("ntk.width"),
    log:
        "logs/ntk/width.log",
    params:
        **stage("ntk.width"),


use rule experiment as ntk_dynamics with:
    output:
        **artifact("ntk.dynamics"),
    log:
        "logs/ntk/dynamics.log",
    params:
        **stage("ntk.dynamics"),


use rule experiment as ntk_predictable with:
    output:
        **artifact("ntk.predictable"),
    log:
        "logs/ntk/predictable.log",
    params:
        **stage("ntk.predictable"),


use rule experiment as ntk_classical with:
    output:
        **artifact("ntk.classical"),
    log:
        "logs/ntk/classical.log",
    params:
        **stage("ntk.classical"),


use rule experiment as ntk_limits with:
    output:
        **artifact("ntk.limits"),
    log:
        "logs/ntk/limits.log",
    params:
        **stage("ntk.limits"),
