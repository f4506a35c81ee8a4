"""What papers ask permission for."""

from enum import StrEnum


class PaperPermission(StrEnum):
    """To see that a paper is there is not to open it."""

    ADD = "paper:add"
    VIEW = "paper:view"
    OPEN = "paper:open"
    PREPARE = "paper:prepare"
    BLACK_OUT = "paper:black_out"
    NAME = "paper:name"
    FREE = "paper:free"
    SEE = "paper:see"
    REMOVE = "paper:remove"
    ERASE = "paper:erase"
    LOOK_AFTER = "paper:look_after"
    EXPORT = "paper:export"
