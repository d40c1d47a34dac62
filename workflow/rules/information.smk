# Section 3, information theory of deep learning.
#
# in:   nothing; the data are drawn from their seeds
# out:  results/information/{entropy,features}.{json,npz}
# steps: entropy    the printed formula against the right one; the bias of an entropy that is counted
#        features   mutual information of inputs and layers with the label


use rule experiment as information_entropy with:
    output:
        **artifact("information.entropy"),
    log:
        "logs/information/entropy.log",
    params:
        **stage("information.entropy"),


use rule experiment as information_features with:
    output:
        **artifact("information.features"),
    log:
        "logs/information/features.log",
    params:
        **stage("information.features"),
