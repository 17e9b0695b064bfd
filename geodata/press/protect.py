"""What of a table is withheld: small counts, and enough others that linear programming finds none of them."""

import numpy as np

from geodata.press.audit import Places, Proof
from geodata.press.cells import Cells, Mask
from geodata.press.cover import cover
from geodata.press.repair import Ways, nearest

SINGLY = 60
"""Cells that are looked at one by one; more than that are too many to be bad luck."""


class CannotProtect(Exception):
    """Nothing more of a table can be withheld, and a cell is still told: then nothing of it may be published."""


def protect(cells: Cells, small: Mask, kept: Mask | None = None) -> tuple[Mask, Mask]:
    """Return (withheld, needed): what is withheld, and what of it this table needs for itself.

    `small` must be withheld; `kept` is withheld because it was, lately. Raises CannotProtect.
    """
    lately = np.zeros_like(small) if kept is None else kept & cells.hideable
    proof, ways = Proof(cells), Ways(cells)
    needed = _proved(cells, cover(cells, small), proof, ways)
    # What is proved stays so when more is withheld: only what is added must be looked at.
    withheld = _proved(cells, cover(cells, needed | lately), proof, ways)
    return withheld, withheld & (needed | ~lately)


def _proved(cells: Cells, withheld: Mask, proof: Proof, ways: Ways) -> Mask:
    """Return what must be withheld at the end, until nothing is narrow any more. Raises CannotProtect."""
    while len(told := proof.narrow(withheld)):
        before = int(withheld.sum())
        if len(told) > SINGLY:
            _hide_near(cells, told[::3], withheld)
        else:
            for cell in told:
                ways.open_up(int(cell), withheld, proof)
        if withheld.sum() == before and len(proof.open(withheld)) == len(told):
            raise CannotProtect(f"{len(told)} cells")
        withheld = cover(cells, withheld)
    return withheld


def _hide_near(cells: Cells, told: Places, withheld: Mask) -> None:
    for cell in told:
        more = nearest(cells, int(cell), withheld)
        if more is not None:
            withheld[more] = True
