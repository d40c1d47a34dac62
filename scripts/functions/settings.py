"""Parameters of section 7, optimisation over functions."""

from typing import Annotated

from pydantic import Field

from scripts.article.settings import Model, SeededModel, parameter


class Freelunch(Model):
    """Parameters of the enumeration of all functions of a few bits; nothing in it is random."""

    bits: int = parameter(3, ge=2, le=3, description="Bits of an input", origin="hand-tuned: 3 can be enumerated whole")
    sizes: list[Annotated[int, Field(ge=1)]] = parameter(
        [1, 2, 3, 4, 5, 6, 7],
        quick=[1, 4],
        min_length=2,
        description="Training set sizes, all subsets of each",
        origin="hand-tuned: every size that leaves an input unseen",
    )
    size: int = parameter(4, ge=1, description="Training set size of the numbers in the text", origin="half the inputs")


class Context(SeededModel):
    """Parameters of linear attention trained on in-context linear regression."""

    seeds: int = parameter(10, quick=4, paper=40, ge=3, description="Models trained per length", origin="hand-tuned")
    random_seeds: int = parameter(
        30, quick=3, paper=100, ge=3, description="Models from random starts, longest prompts", origin="hand-tuned"
    )
    dimension: int = parameter(5, ge=1, description="Dimension d of an input", origin="hand-tuned: small, exact curve")
    length: int = parameter(20, ge=1, description="Examples n in a prompt", origin="hand-tuned: four times d")
    sweep: list[Annotated[int, Field(ge=1)]] = parameter(
        [2, 5, 10, 40, 80],
        quick=[5, 80],
        description="Further lengths of the prompt, for the curve",
        origin="hand-tuned",
    )
    prompts: int = parameter(
        8192, quick=4096, ge=64, description="Functions a model is trained on", origin="hand-tuned"
    )
    test_prompts: int = parameter(20000, quick=5000, ge=100, description="Fresh functions", origin="hand-tuned")
    batch_size: int = parameter(512, ge=1, description="Prompts a step", origin="hand-tuned")
    epochs: int = parameter(20, quick=25, ge=1, description="Passes at each step size", origin="hand-tuned")
    learning_rates: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.03, 0.003],
        min_length=1,
        description="Adam's step sizes, one after the other",
        origin="hand-tuned",
    )
    spread: float = parameter(0.1, gt=0, description="Scale of the first weights", origin="hand-tuned")
    shift: float = parameter(
        2.0, gt=0, description="Factor on the inputs of the shifted test", origin="hand-tuned: a mild change of units"
    )


class Settings(Model):
    """List the experiments of the section."""

    freelunch: Freelunch
    context: Context
