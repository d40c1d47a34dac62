# Section 1, geometry of deep learning.
#
# in:   nothing; the data are drawn from their seeds
# out:  results/geometry/{boundary,warp,layers,topology,collapse,dimension,distortion,batchnorm}.{json,npz}
# steps: boundary   the article's demo over seeds, with fresh points
#        warp       a trained net's view of the plane, layer by layer
#        layers     how well each layer parts the classes, before and after training
#        topology   a disc inside a ring: who can part them, and what becomes of their parts and loops
#        collapse   how the last hidden layer gathers each class in one point
#        dimension  of how many dimensions digits are in each layer, and a check on balls
#        distortion  how much nets stretch their input space, beside their generalisation gap
#        batchnorm  gradients along a step, and through a deep net, with batch norm


use rule experiment as geometry_boundary with:
    output:
        **artifact("geometry.boundary"),
    log:
        "logs/geometry/boundary.log",
    params:
        **stage("geometry.boundary"),


use rule experiment as geometry_warp with:
    output:
        **artifact("geometry.warp"),
    log:
        "logs/geometry/warp.log",
    params:
        **stage("geometry.warp"),


use rule experiment as geometry_layers with:
    output:
        **artifact("geometry.layers"),
    log:
        "logs/geometry/layers.log",
    params:
        **stage("geometry.layers"),


use rule experiment as geometry_topology with:
    output:
        **artifact("geometry.topology"),
    log:
        "logs/geometry/topology.log",
    params:
        **stage("geometry.topology"),


use rule experiment as geometry_collapse with:
    output:
        **artifact("geometry.collapse"),
    log:
        "logs/geometry/collapse.log",
    params:
        **stage("geometry.collapse"),


use rule experiment as geometry_dimension with:
    output:
        **artifact("geometry.dimension"),
    log:
        "logs/geometry/dimension.log",
    params:
        **stage("geometry.dimension"),


use rule experiment as geometry_distortion with:
    output:
        **artifact("geometry.distortion"),
    log:
        "logs/geometry/distortion.log",
    params:
        **stage("geometry.distortion"),


use rule experiment as geometry_batchnorm with:
    output:
        **artifact("geometry.batchnorm"),
    log:
        "logs/geometry/batchnorm.log",
    params:
        **stage("geometry.batchnorm"),
