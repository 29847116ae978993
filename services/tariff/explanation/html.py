"""A paper as an accessible page (RGAA): landmarks, headings, table headers, contrast, print. Pure.

There is no script; the style stands in the page, so that a portal or a mailing may carry it alone.
"""

import base64
import hashlib
import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from services.tariff.explanation.paper import Paper
from services.tariff.explanation.plain import as_json
from services.tariff.explanation.typography import day, printed

_LINK = re.compile(r"https?://[^\s,;)<]+[^\s,;).<]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def as_html(paper: Paper) -> str:
    """The whole page."""
    content = as_json(paper) | {"dated": day(paper.dated), "style": Markup(_STYLE)}  # noqa: S704
    return _ENVIRONMENT.get_template("paper.html").render(**content)


def content_security_policy() -> str:
    """What the page needs, and nothing else: its own style."""
    allowed = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    )


def _linked(text: str) -> Markup:
    """A text with its addresses as links."""
    told, last = Markup(), 0
    for found in _LINK.finditer(text):
        address = found[0]
        target = address if "://" in address else f"mailto:{address}"
        told += escape(printed(text[last : found.start()]))
        told += Markup('<a href="{}">{}</a>').format(target, address)
        last = found.end()
    return told + escape(printed(text[last:]))


_ENVIRONMENT = Environment(
    loader=PackageLoader("services.tariff.explanation"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.filters.update(linked=_linked, printed=printed)
_STYLE = _ENVIRONMENT.get_template("paper.css").render()
