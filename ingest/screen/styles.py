"""What a style says of whether an element is seen. Pure.

Text for screen readers alone (clipped to nothing, `aria-hidden`) is left as it is: it is meant to be read.
"""

import re

_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|vw|vh|cm|mm|in)?")
_FAR = -900
_SMALLEST_TEXT = 1.0
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_BLOCK = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ONE_NAME = re.compile(r"[a-z0-9]*([.#][\w-]+)")
_COLOURS = {"white": "ffffff", "black": "000000"}


def is_hidden(style: str) -> bool:
    """Whether an element with these declarations is not seen."""
    said = {name: value.strip().removesuffix("!important").strip() for name, value in _declared(style)}
    return (
        said.get("display") == "none"
        or said.get("visibility") in {"hidden", "collapse"}
        or _number(said.get("opacity", "")) == 0
        or _is_tiny(said.get("font-size", ""))
        or _is_far(said)
        or _is_of_one_colour(said)
        or (
            said.get("overflow") == "hidden"
            and 0 in {_number(said.get(side, "")) for side in ("width", "height")}
        )
    )


def hidden_names(css: str) -> frozenset[str]:
    """The classes (`.name`) and ids (`#name`) that a style sheet hides and says nothing else of."""
    rules = _RULE.findall(_AT_BLOCK.sub("", _COMMENT.sub("", css.lower())))
    hidden: set[str] = set()
    others: set[str] = set()
    for selectors, style in rules:
        for selector in (part.strip() for part in selectors.split(",")):
            one = _ONE_NAME.fullmatch(selector)
            if one and is_hidden(style):
                hidden.add(one.group(1))
            else:
                others.update(re.findall(r"[.#][\w-]+", selector))
    return frozenset(hidden - others)


def _declared(style: str) -> list[tuple[str, str]]:
    return _DECLARATION.findall(_COMMENT.sub("", style.lower()))


def _number(value: str) -> float | None:
    match = _LENGTH.match(value)
    return float(match.group(1)) if match else None


def _is_tiny(value: str) -> bool:
    match = _LENGTH.fullmatch(value)
    if match is None:
        return False
    size, unit = float(match.group(1)), match.group(2)
    return size == 0 or (unit in {"px", "pt"} and size <= _SMALLEST_TEXT)


def _is_far(said: dict[str, str]) -> bool:
    sides = ["text-indent"]
    if said.get("position") in {"absolute", "fixed"}:
        sides += ["left", "top", "right", "bottom"]
    return any((_number(said.get(side, "")) or 0) <= _FAR for side in sides)


def _is_of_one_colour(said: dict[str, str]) -> bool:
    ink = _colour(said.get("color", ""))
    paper = _colour(said.get("background-color", said.get("background", "")))
    return ink == "transparent" or (bool(ink) and ink == paper)


def _colour(value: str) -> str:
    """A colour in one spelling: six hexadecimal digits, or the name as it is."""
    plain = value.replace(" ", "")
    numbers = re.fullmatch(r"rgba?\((\d+),(\d+),(\d+)(?:,[\d.]+)?\)", plain)
    if numbers:
        return "".join(f"{min(int(part), 255):02x}" for part in numbers.groups())
    digits = plain.removeprefix("#")
    if len(digits) == 3 and plain.startswith("#"):
        return "".join(digit * 2 for digit in digits)
    return _COLOURS.get(digits, digits)
