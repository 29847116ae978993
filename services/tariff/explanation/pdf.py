"""A paper as a tagged PDF (PDF/UA-1), by typst, with the fonts that its wheel embeds. Pure.

The same paper gives the same bytes: no clock, no font and no folder of the machine is read.
"""

import json
from datetime import UTC, datetime, time
from importlib.resources import files

from services.tariff.explanation.paper import Paper
from services.tariff.explanation.plain import as_json
from services.tariff.explanation.typography import day, printed


def as_pdf(paper: Paper) -> bytes:
    """The whole document.

    Raises:
        typst.TypstError: it cannot be written as PDF/UA-1.
    """
    import typst  # noqa: PLC0415 -- 80 MB that only a PDF needs

    template = files("services.tariff.explanation").joinpath("templates/paper.typ").read_bytes()
    content = as_json(paper) | {"said_on": day(paper.dated)}
    compiler = typst.Compiler(template, ignore_system_fonts=True)
    written = compiler.compile(
        format="pdf",
        sys_inputs={"paper": printed(json.dumps(content, ensure_ascii=False))},
        pdf_standards="ua-1",
        timestamp=datetime.combine(paper.dated, time(), UTC),
    )
    assert isinstance(written, bytes)  # noqa: S101 - one document is asked for
    return written
