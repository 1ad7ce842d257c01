"""Prints a workbook as openpyxl reads it, as JSON: cells with their formats, tables, panes and how the sheets print."""

import json
import sys

import openpyxl


def sheet(one):
    setup = one.page_setup
    return {
        "name": one.title,
        "rows": [list(row) for row in one.iter_rows(values_only=True)],
        "kinds": [[cell.data_type for cell in row] for row in one.iter_rows()],
        "formats": [[cell.number_format for cell in row] for row in one.iter_rows()],
        "tables": [[table.displayName, table.ref, table.autoFilter.ref if table.autoFilter else None,
                    [column.name for column in table.tableColumns]] for table in one.tables.values()],
        "size": one.dimensions,
        "frozen": one.freeze_panes,
        "repeated": one.print_title_rows,
        "orientation": setup.orientation,
        "paper": setup.paperSize,
        "fits": [bool(one.sheet_properties.pageSetUpPr and one.sheet_properties.pageSetUpPr.fitToPage), setup.fitToWidth, setup.fitToHeight],
        "foot": one.oddFooter.center.text,
        "head": one.oddHeader.center.text,
        "margins": [one.page_margins.left, one.page_margins.right, one.page_margins.top, one.page_margins.bottom],
        "widths": {key: value.width for key, value in one.column_dimensions.items()},
    }


json.dump([sheet(one) for one in openpyxl.load_workbook(sys.argv[1])], sys.stdout, ensure_ascii=False, default=lambda day: day.date().isoformat())
