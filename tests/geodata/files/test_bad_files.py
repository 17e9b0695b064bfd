"""Every fault of a file gets its sentence, costs little, and leaves nothing behind."""

import tempfile
from pathlib import Path

import pytest

from geodata.files import UnreadableFile, opened
from geodata.words import say
from tests.bad_files import BAD
from tests.good_files import ROWS


@pytest.fixture
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_its_sentence_and_leaves_nothing(name: str, tmp_path: Path, own_temporary_folder: Path) -> None:
    suffix, make, key = BAD[name]
    path = tmp_path / f"{name}{suffix}"
    make(path, ROWS)
    assert own_temporary_folder.exists()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UnreadableFile) as refused, opened(path) as book:
        list(book.chunks())
    assert refused.value.key == key, refused.value
    for language in ("zh", "en"):
        assert "{" not in say(key, language, **refused.value.facts)
        assert str(tmp_path) not in say(key, language, **refused.value.facts)
    assert sorted(tmp_path.rglob("*")) == before
