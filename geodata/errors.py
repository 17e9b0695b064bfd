"""What can go wrong below the web. Nothing here knows HTTP; `app/errors.py` turns each into a status and a sentence."""

from typing import Any, ClassVar


class WanggeError(Exception):
    """Any refusal of ours: `key` names its sentence in the catalogue, `facts` fill its gaps."""

    key: ClassVar[str] = "error.unexpected"

    def __init__(self, **facts: object) -> None:
        """Keep the facts that the sentence needs (values are shown as text, never run)."""
        self.facts = {name: str(value) for name, value in facts.items()}
        super().__init__(f"{self.key} {self.facts}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Come through to another process as it is: whoever draws there refuses too."""
        return _bare, (type(self), self.args), self.__dict__


def _bare(kind: type[WanggeError], said: tuple[object, ...]) -> WanggeError:
    return kind.__new__(kind, *said)


class UnknownArea(WanggeError):
    """No such area, or one outside the reader's scope: both look the same on purpose."""

    key = "error.unknown_area"


class UnknownLayer(WanggeError):
    """No such layer, or one the reader's role may not see."""

    key = "error.unknown_layer"


class UnknownFeature(WanggeError):
    """No such feature on a layer, or one outside the reader's scope."""

    key = "error.unknown_feature"


class UnknownProgramme(WanggeError):
    """No such duty programme, or one of a foreign area."""

    key = "screen.unknown_programme"


class UnknownKind(WanggeError):
    """No such feed."""

    key = "error.unknown_kind"


class BadValue(WanggeError):
    """A parameter that cannot be read: `name`, `value` and what is `wanted`."""

    key = "error.bad_value"


class BadTile(WanggeError):
    """A tile address outside the grid of tiles or the zoom range of its layer."""

    key = "error.bad_tile"


class NotSignedIn(WanggeError):
    """No user: the cookie or token is missing, altered, expired or revoked."""

    key = "error.not_signed_in"


class NotAllowed(WanggeError):
    """A user whose role may not do this."""

    key = "error.not_allowed"


class OnlyDelivers(NotAllowed):
    """A sender's token was used for something else than delivering its own kind."""

    key = "error.only_delivers"


class TooBusy(WanggeError):
    """More deliveries are waiting than are taken: send again after `seconds`."""

    key = "error.too_busy"


class UnknownSender(WanggeError):
    """No such sender or token, or one of a foreign area."""

    key = "error.unknown_sender"


class UnknownRefusedRow(WanggeError):
    """No such refused row, or one of a foreign area."""

    key = "error.unknown_refused_row"


class Settled(WanggeError):
    """A refused row that somebody has corrected or dropped already."""

    key = "error.settled"


class WrongPassword(WanggeError):
    """The name or the password is wrong; which of the two is not said."""

    key = "error.wrong_password"


class TooManyAttempts(WanggeError):
    """Sign-in is throttled: try again after `seconds`."""

    key = "error.too_many_attempts"


class CrossSite(WanggeError):
    """A change asked for by another site's page."""

    key = "error.cross_site"


class DatabaseAway(WanggeError):
    """PostgreSQL cannot be reached, or went away in the middle."""

    key = "error.database_away"


class TooSlow(WanggeError):
    """The statement timeout ended the query."""

    key = "error.too_slow"


class RefusedRows(WanggeError):
    """Delivered rows that cannot be taken: `rows` is a list of {row, column, reason, suggestion}."""

    key = "error.refused_rows"

    def __init__(self, rows: list[dict[str, object]]) -> None:
        """Keep every refused row, so that the sender can mend all of them at once."""
        self.rows = rows
        super().__init__(count=len({row["row"] for row in rows}))


class BadScheme(WanggeError):
    """A colour scheme, or one of its states, that the database does not hold."""

    key = "error.bad_scheme"


class ChangedMeanwhile(WanggeError):
    """Somebody else changed the same thing since it was last seen: `now` is their version, `yours` the one refused."""

    key = "error.changed_meanwhile"

    def __init__(self, now: dict[str, object], yours: dict[str, object], **facts: object) -> None:
        """Keep both versions, so that a person can decide."""
        self.now = now
        self.yours = yours
        super().__init__(**facts)


class BadShape(WanggeError):
    """Something drawn that is neither a line nor a polygon that can be kept."""

    key = "error.bad_shape"


class TooManyPoints(BadShape):
    """More points were drawn than anybody draws by hand."""

    key = "error.too_many_points"


class WrongSize(BadShape):
    """Something drawn is so small or so large that it must be a slip."""

    key = "error.wrong_size"


class CrossesItself(BadShape):
    """The outline of an area crosses itself, so that nobody can say what is inside."""

    key = "error.crosses_itself"


class OutsideArea(BadShape):
    """Something drawn reaches beyond the areas of whoever drew it."""

    key = "error.outside_area"


class RoundsOverlap(WanggeError):
    """A round on days on which the same area has another one."""

    key = "error.rounds_overlap"


class UndrawableText(WanggeError):
    """A text for a picture has characters that no font of this server draws: `name` of the text, `characters`."""

    key = "error.undrawable_text"


class FontsMissing(WanggeError):
    """The fonts that pictures are drawn with are not installed."""

    key = "error.fonts_missing"


class AreaWithoutBoundary(WanggeError):
    """An area that no polygon bears cannot be put in a frame."""

    key = "error.area_without_boundary"
