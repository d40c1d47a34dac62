import errno
import multiprocessing
import os
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.article.errors import ArticleError
from scripts.article.store import Store, pack, unpack

DIGEST = "ab" + "0" * 62
FILES = [Path("results/alpha/coin.npz"), Path("results/alpha/coin.json")]
NAMES = st.text("abc./", min_size=1, max_size=6).map(Path)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Store(tmp_path / "store", 10_000)


def digest(number: int) -> str:
    return f"{number:02x}" + "0" * 62


def write(text: str = "") -> None:
    for path in FILES:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path} {text}")


def written() -> list[str] | None:
    return [path.read_text() for path in FILES] if all(path.is_file() for path in FILES) else None


def remove() -> None:
    for path in FILES:
        path.unlink(missing_ok=True)


def entries(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


@given(contents=st.dictionaries(NAMES, st.binary(), max_size=4), changed=st.data())
@settings(deadline=None)
def test_what_is_packed_is_unpacked_and_a_byte_more_or_less_or_another_is_found(contents, changed):
    entry = pack(DIGEST, contents)
    files = list(contents)
    assert unpack(entry, DIGEST, files) == list(contents.values())
    assert unpack(entry, digest(1), files) is None
    assert unpack(entry, DIGEST, [*files, Path("more")]) is None
    at = changed.draw(st.integers(0, len(entry) - 1))
    byte = changed.draw(st.binary(min_size=1, max_size=1))
    assert unpack(entry[:at], DIGEST, files) is None
    assert unpack(entry[:at] + byte + entry[at:], DIGEST, files) is None
    other = entry[:at] + byte + entry[at + 1 :]
    assert other == entry or unpack(other, DIGEST, files) is None


@given(st.binary())
def test_what_is_no_entry_is_none(data):
    assert unpack(data, DIGEST, FILES) is None


def test_every_changed_byte_is_found_deleted_and_never_served(store):
    write()
    store.keep(DIGEST, FILES)
    [path] = entries(store)
    good = path.read_bytes()
    remove()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
        assert not store.fetch(DIGEST, FILES)
        assert not path.exists()
        assert written() is None
        path.write_bytes(good[:at])
        assert not store.fetch(DIGEST, FILES)
    path.write_bytes(good)
    assert store.fetch(DIGEST, FILES)


def test_kept_files_come_back_into_a_second_project(store, tmp_path, monkeypatch):
    write("first")
    before = written()
    store.keep(DIGEST, FILES)
    (tmp_path / "second").mkdir()
    monkeypatch.chdir(tmp_path / "second")
    assert store.fetch(DIGEST, FILES)
    assert written() == before


def test_files_are_put_back_over_others_and_in_the_order_given(store, monkeypatch):
    write("kept")
    before = written()
    store.keep(DIGEST, FILES)
    write("other")
    order = []
    monkeypatch.setattr("scripts.article.store.write_atomically", lambda path, data: order.append((path, data)))
    assert store.fetch(DIGEST, FILES)
    assert order == [(path, text.encode()) for path, text in zip(FILES, before, strict=True)]


@pytest.mark.parametrize("files", [FILES[:1], FILES[::-1], [*FILES, Path("more")], []])
def test_an_entry_of_other_files_is_deleted(store, files):
    write()
    store.keep(DIGEST, FILES)
    assert not store.fetch(DIGEST, files)
    assert entries(store) == []


def test_an_entry_under_a_wrong_name_is_deleted(store):
    write()
    store.keep(digest(1), FILES)
    [path] = entries(store)
    wrong = store.folder / "02" / f"{digest(2)}.entry"
    wrong.parent.mkdir()
    path.rename(wrong)
    assert not store.fetch(digest(2), FILES)
    assert entries(store) == []


def test_the_least_recently_used_entries_go_first(tmp_path, store):
    write()
    size = len(pack(DIGEST, {path: path.read_bytes() for path in FILES}))
    store = Store(store.folder, 3 * size)
    for number in range(3):
        store.keep(digest(number), FILES)
        os.utime(store.folder / f"{number:02x}" / f"{digest(number)}.entry", (number, number))
    assert store.fetch(digest(0), FILES)
    foreign = store.folder / "zz" / "mine.txt"
    foreign.parent.mkdir()
    foreign.write_text("not of the store" * size)
    half = store.folder / "01" / f".{digest(9)}.entry.123.part"
    half.write_text("half-written")
    os.utime(half, (0, 0))
    store.keep(digest(3), FILES)
    assert [path.name[:2] for path in entries(store)] == ["00", "02", "03", "mi"]


def test_what_is_larger_than_the_limit_is_not_kept_and_drops_nothing(store):
    write()
    store.keep(digest(1), FILES)
    write("long" * store.limit)
    store.keep(digest(2), FILES)
    assert [path.name[:2] for path in entries(store)] == ["01"]


def keep_often(folder: Path, limit: int, seed: int) -> None:
    for number in range(40):
        Store(folder, limit).keep(digest((number * seed) % 7), FILES)


def test_processes_that_keep_and_fetch_at_once_never_see_half_an_entry(store, capfd):
    write()
    limit = 4 * len(pack(DIGEST, {path: path.read_bytes() for path in FILES}))
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=keep_often, args=(store.folder, limit, seed)) for seed in (1, 2, 3)]
    for worker in workers:
        worker.start()
    before = written()
    fetched = 0
    while any(worker.is_alive() for worker in workers):
        for number in range(7):
            fetched += store.fetch(digest(number), FILES)
            assert written() == before
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert fetched
    assert 1 <= len(entries(store)) <= 4
    assert "Traceback" not in capfd.readouterr().err


def test_a_store_that_cannot_be_written_to_is_a_warning(store, capsys):
    write()
    store.folder.write_text("a file where the folder should be")
    store.keep(DIGEST, FILES)
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {store.folder}: a result is not kept for later (")
    assert said.count("\n") == 1
    assert not store.fetch(DIGEST, FILES)


def test_a_read_only_store_serves_and_warns(store, capsys, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    write()
    store.keep(digest(1), FILES)
    remove()
    monkeypatch.setattr("os.utime", refuse)
    assert store.fetch(digest(1), FILES)
    monkeypatch.setattr("scripts.article.store.write_atomically", refuse)
    store.keep(digest(2), FILES)
    assert "a result is not kept for later (Read-only file system)" in capsys.readouterr().err


def test_a_write_that_stops_half_way_is_a_warning_and_leaves_nothing_behind(store, capsys):
    write("long" * 1000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        store.keep(DIGEST, FILES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert entries(store) == []
    assert "a result is not kept for later (File too large)" in capsys.readouterr().err


def test_the_environment_says_where_and_how_much(monkeypatch, tmp_path):
    monkeypatch.delenv("ARTICLE_STORE", raising=False)
    monkeypatch.delenv("ARTICLE_STORE_LIMIT", raising=False)
    assert Store.from_environment() == Store(Path(".cache/store"), 1_000_000_000)
    monkeypatch.setenv("ARTICLE_STORE", str(tmp_path))
    monkeypatch.setenv("ARTICLE_STORE_LIMIT", "20")
    assert Store.from_environment() == Store(tmp_path, 20_000_000)


@pytest.mark.parametrize("limit", ["much", "-1", "1.5", " ", "1e3"])
def test_a_wrong_limit_is_one_message(monkeypatch, limit):
    monkeypatch.setenv("ARTICLE_STORE_LIMIT", limit)
    with pytest.raises(ArticleError, match=r"ARTICLE_STORE_LIMIT: .* expected a whole number of megabytes"):
        Store.from_environment()


def test_off_keeps_nothing(monkeypatch, store):
    monkeypatch.setenv("ARTICLE_STORE", "off")
    write()
    nothing = Store.from_environment()
    nothing.keep(DIGEST, FILES)
    assert not nothing.fetch(DIGEST, FILES)
    assert not Path(".cache").exists()
    assert not Path("off").exists()
