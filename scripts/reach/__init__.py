"""Which code a function can reach: names followed through functions, classes and constants of the project's modules."""
