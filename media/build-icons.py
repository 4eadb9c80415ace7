"""Draws media/wing.svg into media/icons.woff, so that the status bar can show it as $(pteron-wing). Needs fonttools.

    python media/build-icons.py
"""

import re
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path

MEDIA = Path(__file__).parent
UNITS = 1024
BOX = 24  # the SVG's view box

scale = UNITS / BOX
glyph_pen = TTGlyphPen(None)
# SVG's y axis points down, a font's up.
pen = TransformPen(Cu2QuPen(glyph_pen, max_err=1, reverse_direction=True), (scale, 0, 0, -scale, 0, UNITS))
for path in re.findall(r' d="([^"]+)"', (MEDIA / "wing.svg").read_text()):
    parse_path(path, pen)

font = FontBuilder(UNITS, isTTF=True)
font.setupGlyphOrder([".notdef", "wing"])
font.setupCharacterMap({0xE001: "wing"})
font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "wing": glyph_pen.glyph()})
font.setupHorizontalMetrics({".notdef": (UNITS, 0), "wing": (UNITS, 0)})
font.setupHorizontalHeader(ascent=UNITS, descent=0)
font.setupNameTable({"familyName": "pteron-icons", "styleName": "Regular"})
font.setupOS2(sTypoAscender=UNITS, sTypoDescender=0, usWinAscent=UNITS, usWinDescent=0)
font.setupPost()
font.font.flavor = "woff"
font.font["head"].created = font.font["head"].modified = 0  # the same bytes each time
font.font.recalcTimestamp = False
font.save(MEDIA / "icons.woff")
