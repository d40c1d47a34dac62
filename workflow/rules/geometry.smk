# Section 1, geometry of deep learning.
#
# in:   nothing; the data are drawn from their seeds
# out:  results/geometry/{boundary,warp}.{json,npz}
# steps: boundary   the article's demo over seeds, with fresh points
#        warp       a trained net's view of the plane, layer by layer


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
