"""Print every parameter of every experiment: its value in each preset, unit, origin (`make parameters`)."""

from scripts.article.configuration import load_configuration
from scripts.article.errors import told_in_one_line
from scripts.article.settings import parameters


def main() -> None:
    """Print one block a parameter, in the order of the article."""
    with told_in_one_line():
        sections = load_configuration().article.sections
    for section in sections:
        for name, info in parameters(section):
            extra = info.json_schema_extra
            presets = "".join(f", {preset} {value}" for preset, value in extra["presets"].items())
            unit = f" {extra['unit']}" if extra["unit"] else ""
            print(f"{name} = {info.default}{unit}{presets}\n    {info.description} ({extra['origin']})")


if __name__ == "__main__":
    main()
