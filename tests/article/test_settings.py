import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.configuration import expand_keys, load_configuration, merge
from scripts.article.errors import ArticleError
from scripts.article.settings import parameters

trees = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)
mappings = st.dictionaries(st.sampled_from("abc"), trees, max_size=3)


@given(mappings, mappings)
def test_merge_keeps_what_is_not_overridden(base, over):
    merged = merge(base, over)
    assert set(merged) == set(base) | set(over)
    assert merge(merged, over) == merged
    assert merge(base, {}) == base


def test_joined_keys_are_nested():
    data = {"a.b.c": 1, "a__b__d": 2, "a": {"e": 3}}
    assert expand_keys(data, where="here") == {"a": {"b": {"c": 1, "d": 2}, "e": 3}}


def test_a_joined_key_through_a_number_is_refused():
    with pytest.raises(ArticleError, match=r"here: a\.b: a is 1, expected a mapping"):
        expand_keys({"a": 1, "a.b": 2}, where="here")


@pytest.mark.parametrize(("preset", "seeds"), [("quick", 4), ("standard", 8), ("paper", 8)])
def test_presets_change_what_they_name(small, preset, seeds):
    assert load_configuration({"preset": preset}).experiments["alpha.coin"].seeds == seeds


def test_overrides_win_over_preset_and_file(small):
    small.edit("config/config.yaml", "sections:", "alpha:\n  coin:\n    seeds: 6\nsections:")
    assert load_configuration({"preset": "quick"}).experiments["alpha.coin"].seeds == 6
    assert load_configuration({"alpha__coin__seeds": 5}).experiments["alpha.coin"].seeds == 5
    assert load_configuration({"alpha": {"coin": {"seeds": "5"}}}).experiments["alpha.coin"].seeds == 5


def test_first_seed_moves_every_block(small):
    coin = load_configuration({"first_seed": 100}).experiments["alpha.coin"]
    assert coin.seed_block == range(100, 108)
    assert load_configuration({"first_seed": 3, "alpha__coin__first_seed": 9}).experiments["alpha.coin"].first_seed == 9


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"preset": "quik"}, "preset is 'quik', expected one of quick, standard, paper"),
        ({"alpha__coin__seeds": 1}, r"alpha\.coin\.seeds is 1: should be greater than or equal to 2"),
        ({"alpha__coin__seeds": "many"}, r"alpha\.coin\.seeds is 'many': should be a valid integer"),
        ({"alpha__coin__seeds": 2.5}, r"alpha\.coin\.seeds is 2\.5"),
        ({"alpha__coin__sedes": 3}, r"unknown key alpha\.coin\.sedes \(value 3\); did you mean alpha\.coin\.seeds"),
        ({"alpha__con__seeds": 3}, r"unknown key alpha\.con .*did you mean alpha\.coin"),
        ({"alpah__coin__seeds": 3}, r"unknown key alpah .*did you mean alpha"),
        ({"alpha": 3}, "alpha: expected a mapping of experiments, got 3"),
        ({"sections": ["alpha", "beta"]}, r"sections: 'beta' has no templates/sections/beta\.md\.j2; known: alpha"),
        ({"sections": ["alpha", "alpha"]}, "sections: 'alpha' is listed twice"),
        ({"sections": []}, "sections is"),
        ({"first_seed": -1}, "first_seed is -1: should be greater than or equal to 0"),
    ],
)
def test_wrong_keys_and_values_are_named(small, overrides, message):
    with pytest.raises(ArticleError, match=r"^command line \(--config or --configfile\): " + message):
        load_configuration(overrides)


def test_the_message_names_the_file_when_the_file_is_wrong(small):
    small.edit("config/config.yaml", "preset: standard", "preset: fast")
    with pytest.raises(ArticleError, match=r"^config/config\.yaml: preset is 'fast'"):
        load_configuration()


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [", "no valid YAML"), ("- 1", "expected a YAML mapping, got list"), ("x: 1", "title is missing")],
)
def test_a_broken_file_is_named(small, text, message):
    (small.folder / "config/config.yaml").write_text(text)
    with pytest.raises(ArticleError, match=f"^config/config.yaml:.*{message}"):
        load_configuration()


def test_every_parameter_of_the_article_says_what_it_is_and_where_it_comes_from():
    for section in load_configuration().article.sections:
        for name, info in parameters(section):
            extra = info.json_schema_extra
            assert info.description, name
            assert extra["origin"], name
            assert set(extra["presets"]) <= {"quick", "paper"}, name


@pytest.mark.parametrize("preset", ["quick", "standard", "paper"])
def test_every_preset_of_the_article_is_valid(preset):
    assert load_configuration({"preset": preset}).article.preset == preset
