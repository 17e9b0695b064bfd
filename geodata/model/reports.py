"""Village reports 村级填报: one a village and day, with the four groups to follow 四类重点人群."""

from datetime import date, datetime

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, LTree, area_key


class VillageReport(Base):
    """How many people of each group a village counted on one day. `area_id` is the village."""

    __tablename__ = "village_report"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    returned_outside: Mapped[int]
    returned_wuhan: Mapped[int]
    close_contact: Mapped[int]
    fever_unexplained: Mapped[int]
    first_reported_at: Mapped[datetime]
    """When the village had reported; a correction does not move it."""
    reported_at: Mapped[datetime]
