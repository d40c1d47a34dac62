"""The chain from the report back to the code: whatever is altered, the broken link is named."""

import json
from pathlib import Path

import pytest

from scripts.article.artifacts import read_sealed, sealed, sha256, to_json
from scripts.article.errors import ArticleError
from scripts.article.freshness import REPORT
from scripts.article.verify import verify


def test_every_link_of_a_fresh_build_holds(small):
    small.build()
    assert verify() == "2 values, 1 artifacts and 1 figures: every link holds."


def files(folder):
    made = [path for name in ("results", "report") for path in (folder / name).rglob("*") if path.is_file()]
    return sorted(path.relative_to(folder) for path in made)


def test_a_byte_altered_anywhere_is_found(small):
    small.build()
    found = files(small.folder)
    assert len(found) == 12
    for path in found:
        before = path.read_bytes()
        for place in {0, len(before) // 3, len(before) // 2, len(before) - 1}:
            path.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
            with pytest.raises(ArticleError, match=path.stem):
                verify()
        path.unlink()
        with pytest.raises(ArticleError, match=path.stem):
            verify()
        path.write_bytes(before)
    verify()


def forge(path, change):
    """Alter a sealed file and seal it again, and the report's record of it, as one who knows how would."""
    record = read_sealed(path)
    change(record)
    path.write_text(to_json(sealed(record)))
    own = read_sealed(REPORT)
    own["files"][path.as_posix()] = sha256(path.read_bytes())
    REPORT.write_text(to_json(sealed(own)))


def test_a_forged_value_breaks_the_link_to_the_report(small):
    small.build()
    forge(Path("results/alpha/coin.json"), lambda record: record["values"]["heads"].update(value=0.55))
    with pytest.raises(ArticleError, match=r"coin"):
        verify()


def test_a_report_with_another_number_breaks_the_link_to_the_artifact(small):
    small.build()
    path = Path("report/report.json")
    data = json.loads(path.read_text())
    data["values"]["alpha.coin.heads"]["value"] = 0.55
    path.write_text(json.dumps(data))
    own = read_sealed(REPORT)
    own["files"][path.as_posix()] = sha256(path.read_bytes())
    REPORT.write_text(to_json(sealed(own)))
    with pytest.raises(
        ArticleError, match=r"value alpha\.coin\.heads: value is 0\.55, in results/alpha/coin\.json 0\.5"
    ):
        verify()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("scripts/alpha/coin.py", "np.linspace(0.4", "np.linspace(0.3", r"coin\.json: stale: .*compute changed"),
        ("scripts/alpha/figures/coin.py", "axes.plot", "axes.step", r"coin\.svg: stale: .*draw changed"),
        (
            "templates/sections/alpha.md.j2",
            "See {{",
            "Do see {{",
            r"report\.json: stale: input templates/sections/alpha",
        ),
    ],
)
def test_code_that_is_no_longer_that_of_the_result_is_named(small, file, old, new, message):
    small.build()
    small.edit(file, old, new)
    with pytest.raises(ArticleError, match=message):
        verify()
