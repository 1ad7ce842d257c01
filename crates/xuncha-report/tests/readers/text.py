"""Prints what a reader reads in a document, without white space: text.py word FILE | page FILE.

Word counts the numbers of headings itself, so they are counted here from the styles and the list of numbers. Drawings, the data behind
them and the definitions at the end of a page are left out: other forms do not have them.
"""

import html.parser
import sys

import docx
from docx.oxml.ns import qn

CHINESE = "零一二三四五六七八九"


def chinese(number):
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("" if tens == 1 else CHINESE[tens]) + "十") + ("" if tens and not ones else CHINESE[ones])


class Word:
    def __init__(self, path):
        self.document = docx.Document(path)
        numbering = self.document.part.numbering_part.element
        self.levels = {}
        for level in numbering.iter(qn("w:lvl")):
            depth = int(level.get(qn("w:ilvl")))
            self.levels[depth] = (level.find(qn("w:numFmt")).get(qn("w:val")), level.find(qn("w:lvlText")).get(qn("w:val")))
        self.styles = {}
        for style in self.document.styles.element.iter(qn("w:style")):
            place = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:ilvl')}")
            if place is not None:
                self.styles[style.get(qn("w:styleId"))] = int(place.get(qn("w:val")))
        self.counts = {}

    def number(self, paragraph):
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        depth = self.styles.get(style.get(qn("w:val"))) if style is not None else None
        if depth is None or (own is not None and own.get(qn("w:val")) == "0"):
            return ""
        self.counts = {level: count for level, count in self.counts.items() if level <= depth}
        self.counts[depth] = self.counts.get(depth, 0) + 1
        kind, text = self.levels[depth]
        count = self.counts[depth]
        return text.replace(f"%{depth + 1}", chinese(count) if kind.startswith("chinese") else str(count))

    def text(self):
        parts = []
        for paragraph in self.document.element.body.iter(qn("w:p")):
            parts.append(self.number(paragraph))
            # A text box is a paragraph inside of one and is read by itself.
            own = (one for one in paragraph.iter(qn("w:t")) if next(one.iterancestors(qn("w:p"))) is paragraph)
            parts.extend(one.text or "" for one in own)
        return "".join(parts)


class Page(html.parser.HTMLParser):
    VOID = {"meta", "br", "link", "img", "rect", "line", "circle", "path"}

    def __init__(self):
        super().__init__()
        self.open, self.parts = [], []

    def handle_starttag(self, tag, attributes):
        if tag in self.VOID:
            return
        classes = (dict(attributes).get("class") or "").split()
        self.open.append((tag, tag in ("head", "svg", "details") or "definitions" in classes))

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        while tag not in self.VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(hidden for _, hidden in self.open):
            self.parts.append(data)


def page(path):
    reader = Page()
    with open(path, encoding="utf-8") as file:
        reader.feed(file.read())
    return "".join(reader.parts)


text = Word(sys.argv[2]).text() if sys.argv[1] == "word" else page(sys.argv[2])
sys.stdout.write("".join(text.split()))
