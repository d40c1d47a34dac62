"""The article as a program: a generator, shared mathematics and one package a section."""
