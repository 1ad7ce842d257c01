"""Edits a Word file as a person would, or prints its paragraphs with their styles: word.py edit FROM TO | styles FILE."""

import json
import sys

import docx


def edit(source, target):
    document = docx.Document(source)
    last = [one for one in document.paragraphs if one.style.style_id == "Heading1"][-1]
    last.insert_paragraph_before("新加的一章", style=document.styles["heading 1"] if "heading 1" in [s.name for s in document.styles] else "Heading 1")
    last.insert_paragraph_before("新加的一段正文。", style="公文正文")
    document.save(target)


def styles(source):
    document = docx.Document(source)
    section = document.sections[0]
    json.dump({
        "paragraphs": [[one.style.name, one.text] for one in document.paragraphs],
        "tables": [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables],
        "sections": [[one.page_width.mm, one.page_height.mm, one.top_margin.mm, one.left_margin.mm, one.bottom_margin.mm, one.right_margin.mm] for one in document.sections],
        "first_differs": section.different_first_page_header_footer,
        "odd_even": document.settings.odd_and_even_pages_header_footer,
    }, sys.stdout, ensure_ascii=False)


if sys.argv[1] == "edit":
    edit(sys.argv[2], sys.argv[3])
else:
    styles(sys.argv[2])
