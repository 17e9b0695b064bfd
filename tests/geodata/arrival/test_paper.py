"""The document says of every feed what its declaration says."""

import json
from pathlib import Path

import pytest

from geodata.arrival import paper
from geodata.feeds.floor.registry import all_feeds

DOCUMENT = Path(__file__).parents[3] / "docs" / "feeds.md"


@pytest.mark.parametrize("kind", sorted(all_feeds()))
def test_every_kind_is_in_the_document(kind: str) -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert f"### `{kind}` {all_feeds()[kind].title.zh}" in written, "run: python -m app feeds --into docs/feeds.md"
    assert json.dumps(dict(all_feeds()[kind].example), ensure_ascii=False, default=str) in written


def test_the_section_is_as_it_would_be_written_today() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert paper.replaced(written) == written, "run: python -m app feeds --into docs/feeds.md"
    with pytest.raises(ValueError, match="lacks"):
        paper.replaced("nothing")
