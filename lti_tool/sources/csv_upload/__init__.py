"""Grades and completions that a teacher uploads as a table (docs/how-to/upload-grades.md)."""

from lti_tool.sources.csv_upload.awards import AwardColumns, AwardRow, AwardTable, read_awards
from lti_tool.sources.csv_upload.columns import (
    COURSE_GRADE,
    DATE_FORMS,
    DECIMAL_SIGNS,
    PARTS,
    Columns,
    guess,
)
from lti_tool.sources.csv_upload.rows import SOURCE, Reading, RowProblem, read_rows
from lti_tool.sources.csv_upload.table import MOST_BYTES, MOST_ROWS, CsvTable, read_table

__all__ = [
    "COURSE_GRADE",
    "DATE_FORMS",
    "DECIMAL_SIGNS",
    "MOST_BYTES",
    "MOST_ROWS",
    "PARTS",
    "SOURCE",
    "AwardColumns",
    "AwardRow",
    "AwardTable",
    "Columns",
    "CsvTable",
    "Reading",
    "RowProblem",
    "guess",
    "read_awards",
    "read_rows",
    "read_table",
]
