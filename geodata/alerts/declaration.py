"""What a kind of alert rule says about itself. From one declaration come the judging, the check of rules, and tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule. Its query stands in `geodata/sql/alert_<id>.sql` and returns every cause that is there now.

    The query's columns: `cause` (unique, the same as long as it is the same cause), `area_id`, `path`, `name`, `place`
    (a point in EPSG:4326), `since` (when it began, none where only watching tells), `fires` (false where it is only not
    over yet: so an alert at the edge does not come and go), `facts` (what the rule's texts say). It may use `:now`,
    `:threshold` and `:level`.
    """

    id: str
    tables: frozenset[str]
    """News of these tables may be a new cause, or the end of one; none where the clock is soon enough."""
    facts: frozenset[str]
    """Gaps that a rule's text may have, besides `name`."""
    threshold: tuple[float, float] | None = None
    """The least and the greatest threshold that makes sense, none where there is nothing to compare with."""
    by_level: bool = False
    """Judges areas of one level, which the rule names."""

    @property
    def query(self) -> str:
        """Return the name of its query."""
        return f"alert_{self.id}"
