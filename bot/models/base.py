"""What every model has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Immutable, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


WEB_ADDRESS = r"https?://[^\s<>\"|]+"
"""What is a web address on the shelf: nothing in it can end a cell of a table."""

NonEmpty = Annotated[str, Field(min_length=1)]
