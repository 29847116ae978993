"""The theme: an authority's own colour, made readable on our light and dark sheets. Pure.

A colour that somebody chose for a logo may be illegible as a text: it is made darker for the light
sheet and lighter for the dark one until it stands out enough (WCAG 2.2, 4.5 to 1), hue kept.
"""

import colorsys
import re

_COLOUR = re.compile(r"#([0-9a-f]{6})\Z", re.IGNORECASE | re.ASCII)
_ENOUGH = 4.5
_LIGHT, _DARK = "#f6f5f1", "#1c2229"  # the paper and the sheet of console.css, at their closest
_STEPS = 100
_NEARLY_BLACK = 0.04045  # below it sRGB is linear
_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722

Rgb = tuple[float, float, float]


def theme_css(colour: str | None) -> str:
    """Custom properties for a style sheet; nothing without a colour, or with one that is none.

    Args:
        colour: `#rrggbb`.
    """
    if colour is None or _COLOUR.match(colour) is None:
        return ""
    light, dark = readable(colour, on=_LIGHT), readable(colour, on=_DARK)
    return (
        f":root {{ --accent: {light}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}\n"
    )


def readable(colour: str, *, on: str) -> str:
    """The colour nearest to this one that can be read on that one."""
    hue, light, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    end = 0.0 if _luminance(_rgb(on)) > 1 / 4 else 1.0
    for step in range(_STEPS + 1):
        nearer = light + (end - light) * step / _STEPS
        found = _text(colorsys.hls_to_rgb(hue, nearer, saturation))
        if contrast(found, on) >= _ENOUGH:
            return found
    return _text((end, end, end))


def contrast(one: str, other: str) -> float:
    """How much two colours stand out from each other, from 1 to 21 (WCAG)."""
    brighter, darker = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _text(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part) for part in rgb)
    return _RED * red + _GREEN * green + _BLUE * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _NEARLY_BLACK else ((part + 0.055) / 1.055) ** 2.4
