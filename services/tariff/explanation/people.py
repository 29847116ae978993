"""People and places as a letter names them. Pure."""

from collections.abc import Sequence

from shared.application import Address
from shared.civil_status import CivilStatus
from shared.decisions import AuthorityTold
from shared.signing import Author


def full_name(person: CivilStatus) -> str:
    """First name and the name in use: `Aminata LO`."""
    return f"{person.first_names[0]} {(person.usage_name or person.birth_name).upper()}"


def address_lines(address: Address) -> tuple[str, ...]:
    """The lines of an envelope."""
    lines = (address.complement, address.line, f"{address.postcode} {address.city}")
    return tuple(line for line in lines if line)


def sender_lines(authority: AuthorityTold) -> tuple[str, ...]:
    """Who writes, and how to answer."""
    contact = authority.contact
    phone = contact.phone and f"Téléphone : {contact.phone}"
    lines = (authority.name, contact.service, *contact.address, phone, contact.email)
    return tuple(line for line in lines if line)


def author_lines(author: Author) -> tuple[str, ...]:
    """First name, name, function and service, as an administration's decision needs them."""
    lines = (f"{author.first_name} {author.last_name}", author.function, author.service)
    return lines if author.act is None else (*lines, f"Délégation : {author.act}")


def listed(words: Sequence[str], last: str = "et") -> str:
    """`a`, `a et b`, `a, b et c`; `last` joins the last word, such as « ou »."""
    *first, end = words or ("",)
    return f"{', '.join(first)} {last} {end}" if first else end


def how_to_reach(authority: AuthorityTold) -> str:
    """Where to write to an authority, in the middle of a sentence."""
    contact = authority.contact
    to = contact.service or authority.name
    ways = [f"par courriel à {contact.email}"] if contact.email else []
    ways += [f"au {contact.phone}"] if contact.phone else []
    ways += [f"par courrier au {', '.join(contact.address)}"] if contact.address else []
    return f"{to}, {listed(ways, 'ou')}" if ways else to
