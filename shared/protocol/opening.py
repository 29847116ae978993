"""Opening: an application out of what is sealed of it."""

from uuid import UUID

from shared.application import Application
from shared.sealing import DataKey
from shared.store.places import application_place, tax_numbers_place
from shared.taxation import read_tax_numbers


def open_application(
    key: DataKey, id_: UUID, sealed: bytes, sealed_tax_numbers: bytes | None
) -> Application:
    """The application that a portal handed in, with its tax numbers if they still stand.

    Raises:
        SealingError: not this key, or not this application's content.
        ValidationError: the content is none of ours.
    """
    content = key.open(sealed, place=application_place(id_))
    application = Application.model_validate_json(content)
    if sealed_tax_numbers is None:
        return application
    numbers = read_tax_numbers(key.open(sealed_tax_numbers, place=tax_numbers_place(id_)))
    return application.model_copy(update={"tax_numbers": numbers})
