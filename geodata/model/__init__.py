"""The tables, one module per subject; importing this package fills `Base.metadata`."""

from geodata.model.areas import Area, AreaAlias, Level
from geodata.model.base import MERCATOR, WGS84, Base, InArea, LTree
from geodata.model.care import Clinic, Hotel, HotelDay
from geodata.model.compounds import Closure, Gate, GateState
from geodata.model.displays import Display
from geodata.model.homes import Building, GridDue, GridTally, Household, HouseholdEntry, HouseholdState, RefusedChange
from geodata.model.patrols import Drone, Flight, PatrolEvent, TrackPoint
from geodata.model.people import Account, AccountArea, ApiToken, Role, Session, Setting, SignInAttempt
from geodata.model.posts import Checkpoint, CheckpointHour, GridPassages, GridPosts, Silence
from geodata.model.programmes import ProgrammeRow
from geodata.model.reports import VillageReport
from geodata.model.rollups import (
    AreaBegun,
    AreaDue,
    AreaEnded,
    AreaExpected,
    AreaHour,
    AreaPassages,
    AreaPosts,
    AreaTally,
    CountedChange,
    GridBegun,
    GridExpected,
    Untold,
)
from geodata.model.schemes import ColourScheme, SchemeState
from geodata.model.sweeps import GridSweep, Sweep, SweepAnswer

__all__ = [
    "MERCATOR",
    "WGS84",
    "Account",
    "AccountArea",
    "ApiToken",
    "Area",
    "AreaAlias",
    "AreaBegun",
    "AreaDue",
    "AreaEnded",
    "AreaExpected",
    "AreaHour",
    "AreaPassages",
    "AreaPosts",
    "AreaTally",
    "Base",
    "Building",
    "Checkpoint",
    "CheckpointHour",
    "Clinic",
    "Closure",
    "ColourScheme",
    "CountedChange",
    "Display",
    "Drone",
    "Flight",
    "Gate",
    "GateState",
    "GridBegun",
    "GridDue",
    "GridExpected",
    "GridPassages",
    "GridPosts",
    "GridSweep",
    "GridTally",
    "Hotel",
    "HotelDay",
    "Household",
    "HouseholdEntry",
    "HouseholdState",
    "InArea",
    "LTree",
    "Level",
    "PatrolEvent",
    "ProgrammeRow",
    "RefusedChange",
    "Role",
    "SchemeState",
    "Session",
    "Setting",
    "SignInAttempt",
    "Silence",
    "Sweep",
    "SweepAnswer",
    "TrackPoint",
    "Untold",
    "VillageReport",
]
