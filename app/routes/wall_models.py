"""What `/api/wall/{code}` answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Wall(BaseModel):
    """Every block of a wall by its id."""

    area: str
    at: datetime
    live: bool = Field(description="Whether this is the present moment.")
    blocks: dict[str, dict[str, Any]] = Field(
        description="Figures with `data_time` (ISO 8601, or null), or `error`: the key of the sentence that says why."
    )
