"""Prints what stands where on the pages of a PDF, as JSON: glyphs with their numbers, baselines and faces, and lines.

Everything is measured in millimetres from the upper left corner, sizes in points.
"""

import json
import sys

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTCurve, LTFigure
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

MM = 72 / 25.4


class Device(PDFPageAggregator):
    def render_char(self, matrix, font, fontsize, scaling, rise, cid, ncs, graphicstate):
        before = len(self.cur_item._objs)
        advance = super().render_char(matrix, font, fontsize, scaling, rise, cid, ncs, graphicstate)
        for item in self.cur_item._objs[before:]:
            item.glyph = cid
        return advance


def colour(value):
    if value is None:
        return []
    parts = value if isinstance(value, (tuple, list)) else [value]
    return [round(part, 3) for part in parts if isinstance(part, (int, float))]


def walk(items, in_figure, glyphs, lines, height):
    for item in items:
        if isinstance(item, LTChar):
            a, b, _, _, x, y = item.matrix
            glyphs.append({
                "text": item.get_text(), "glyph": getattr(item, "glyph", -1), "font": item.fontname,
                "x": x / MM, "y": (height - y) / MM, "right": item.x1 / MM,
                "size": round((a * a + b * b) ** 0.5 * (item.fontsize if hasattr(item, "fontsize") else 1), 3),
                "em": round(max(item.width, item.height), 2), "turned": abs(b) > abs(a), "figure": in_figure,
                "colour": colour(item.graphicstate.ncolor),
            })
        elif isinstance(item, LTFigure):
            walk(item, True, glyphs, lines, height)
        elif isinstance(item, LTCurve):
            lines.append({
                "left": item.x0 / MM, "right": item.x1 / MM, "top": (height - item.y1) / MM, "bottom": (height - item.y0) / MM,
                "width": item.linewidth, "colour": colour(item.stroking_color), "fill": colour(item.non_stroking_color),
                "stroke": bool(item.stroke), "figure": in_figure,
            })


def main():
    pages = []
    manager = PDFResourceManager()
    device = Device(manager, laparams=None)
    interpreter = PDFPageInterpreter(manager, device)
    with open(sys.argv[1], "rb") as file:
        for page in PDFPage.get_pages(file):
            interpreter.process_page(page)
            layout = device.get_result()
            glyphs, lines = [], []
            walk(layout, False, glyphs, lines, layout.height)
            pages.append({"width": layout.width / MM, "height": layout.height / MM, "glyphs": glyphs, "lines": lines})
    json.dump(pages, sys.stdout, ensure_ascii=False)


main()
