"""Ages: for which children the EAJE endpoint is asked at all. Pure.

It answers for files with a child strictly under seven on the day (404 `37003` otherwise), and
asking again on a timer is logged as misuse. So nobody is asked before the child is born, nor from
the day of its seventh birthday on.
"""

from datetime import date

from shared.civil_status import Child
from shared.evidence import NoChildUnderSeven

SEVEN = 7


def unless_under_seven(child: Child, today: date) -> NoChildUnderSeven | None:
    """The outcome for a child who is not born yet, or is seven; None for one under seven."""
    if child.birth > today:
        return NoChildUnderSeven(None, born_on=child.birth)
    return None if today < seventh_birthday(child.birth) else NoChildUnderSeven(None)


def seventh_birthday(birth: date) -> date:
    """Born on a 29th of February, one is seven on a 1st of March, seven years being never leap."""
    last_of_february = (birth.month, birth.day) == (2, 29)
    return (
        date(birth.year + SEVEN, 3, 1)
        if last_of_february
        else birth.replace(year=birth.year + SEVEN)
    )
