# Section 3, information theory of deep learning.
#
# in:   nothing; the data are drawn from their seeds
# out:  results/information/{entropy,features,estimators,plane,gaussian,vib}.{json,npz}
# steps: entropy    the printed formula against the right one; the bias of an entropy that is counted
#        features   mutual information of inputs and layers with the label
#        estimators three kinds of estimator of mutual information against its exact value
#        plane      what each layer tells about input and label through training, over the width of the bins
#        gaussian   the Gaussian bottleneck against its closed form; what deep linear networks forget
#        vib        codes with noise, squeezed by a penalty, by training and by width


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


use rule experiment as information_estimators with:
    output:
        **artifact("information.estimators"),
    log:
        "logs/information/estimators.log",
    params:
        **stage("information.estimators"),


use rule experiment as information_plane with:
    output:
        **artifact("information.plane"),
    log:
        "logs/information/plane.log",
    params:
        **stage("information.plane"),


use rule experiment as information_gaussian with:
    output:
        **artifact("information.gaussian"),
    log:
        "logs/information/gaussian.log",
    params:
        **stage("information.gaussian"),


use rule experiment as information_vib with:
    output:
        **artifact("information.vib"),
    log:
        "logs/information/vib.log",
    params:
        **stage("information.vib"),
