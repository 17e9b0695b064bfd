"""What the press desk refuses, each with its sentence; `app/errors.py` knows the status by the class above."""

from geodata.errors import ChangedMeanwhile, NotAllowed, TooManyAttempts, UnknownFeature, WanggeError


class UnknownRelease(UnknownFeature):
    """No such release, or one of an area outside the reader's."""

    key = "press_release.unknown"


class UnknownTemplate(UnknownFeature):
    """No such template, or one of an area outside the reader's."""

    key = "press_release.unknown_template"


class NotThisFile(UnknownFeature):
    """A release that has no file of this form."""

    key = "press_release.not_this_file"


class OwnWork(NotAllowed):
    """Whoever made a picture approves it not."""

    key = "press_release.own_work"


class NotForDesk(NotAllowed):
    """A role that makes no pictures."""

    key = "press_release.not_for_desk"


class WrongState(ChangedMeanwhile):
    """A release whose state does not allow what was asked, mostly because somebody else was faster."""

    key = "press_release.wrong_state"


class StillDrawing(ChangedMeanwhile):
    """A release whose files are being drawn."""

    key = "press_release.still_drawing"


class TemplateTaken(ChangedMeanwhile):
    """Another template of the area has this name."""

    key = "press_release.template_taken"


class DeskBusy(TooManyAttempts):
    """More pictures are being drawn than the machine can bear: try again after `seconds`."""

    key = "press_release.busy"


class NotDrawn(WanggeError):
    """A file that could not be made for a reason that is ours."""

    key = "press_release.not_drawn"
