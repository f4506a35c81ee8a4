"""What the directory asks permission for."""

from enum import StrEnum


class ProviderPermission(StrEnum):
    """The directory and what stands in it."""

    LIST = "provider:list"
    VIEW = "provider:view"
    READ_PLACE = "provider:read_place"
    READ_DOCUMENTS = "provider:read_documents"
    VIEW_OWN = "provider:view_own"
    EDIT = "provider:edit"
    IMPORT = "provider:import"
