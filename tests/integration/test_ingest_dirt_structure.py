"""Dirt of a file's structure, kind by kind, with its exact outcome."""

from pathlib import Path

import pytest
from dirt import Dirt, DirtyProject

H = "Record ID,Email,Stage\n"
ROW = ("1", "a@example.com", "Lead")
ROW2 = ("2", "b@example.com", "MQL")
LINE, LINE2 = "1,a@example.com,Lead\n", "2,b@example.com,MQL\n"
ROWS = "".join(f"{n},p{n}@example.com,Lead or something longer\n" for n in range(3, 503))
KEY = {"primary_key": ["record_id"]}
TOTALS = {"totals": ["Total", "合計", "総計", "小計"]}
OTHER = 'Stage,レコードID,"メモ, 追記",Eメール\n'

KINDS = [
    Dirt("plain", H + LINE, [ROW]),
    Dirt("crlf", (H + LINE).replace("\n", "\r\n"), [ROW]),
    Dirt("lone CR", (H + LINE + LINE2).replace("\n", "\r"), [ROW, ROW2]),
    Dirt("mixed line ends", H.replace("\n", "\r\n") + LINE + LINE2[:-1] + "\r", [ROW, ROW2]),
    Dirt("no final line end", H + LINE[:-1], [ROW]),
    Dirt("blank lines", "\n\n" + H + "\n" + LINE + "\r\n\n" + LINE2 + "\n\n", [ROW, ROW2]),
    Dirt("lines of commas only", H + LINE + ",,\n" + LINE2 + ",,,,\n", [ROW, ROW2]),
    Dirt("header only", H, [], note="a header and no rows"),
    Dirt("header only, no line end", H[:-1], [], note="a header and no rows"),
    Dirt("empty", b"", refused="is empty"),
    Dirt("mark only", b"\xef\xbb\xbf", refused="is empty"),
    Dirt("blanks only", b" \r\n\t\n", refused="is empty"),
    Dirt("html", b"<html><body>Log in</body></html>", refused="HTML"),
    Dirt("html table as xls", b"<table><tr><td>Record ID</td></tr></table>", refused="HTML"),
    Dirt("LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid x\n", refused="Git LFS"),
    Dirt("no header", LINE + LINE2, refused="no header row"),
    Dirt("header without the key", "Email,Stage\na@example.com,Lead\n", meta=KEY,
         refused="missing required column: record_id (Record ID | レコードID)"),
    Dirt("cut within a cell", H + LINE + '2,"b@example.com', refused="line 3: a cell's quotation"),
    Dirt("cut between cells", H + LINE + "2,b@exam", [ROW], [(2, "ragged_row")]),
    Dirt("quote never closes", H + '1,"a@example.com,Lead\n' + LINE2 * 9,
         refused="line 2: a cell's quotation mark is opened and not closed"),
    Dirt("ragged rows", H + "1,a@example.com\n" + LINE2 + "3,c@example.com,Lead,x\n",
         [ROW2], [(1, "ragged_row"), (3, "ragged_row")]),
    Dirt("title and meta lines", "Contact report\n\"Sep 1, 2026 - Sep 30, 2026\"\n\n" + H + LINE,
         [ROW], lines=["Contact report", '"Sep 1, 2026 - Sep 30, 2026"']),
    Dirt("comment preamble", "# ---\n# Account: x, y\n#\n" + H + LINE,
         [ROW], lines=["# ---", "# Account: x, y", "#"]),
    Dirt("preamble with an open quote", 'Size 5" report\n' + H + LINE, [ROW],
         lines=['Size 5" report']),
    Dirt("totals in any column", H + LINE + "--,Total: Account,--\n\n合計: アカウント,9\n", [ROW],
         lines=["--,Total: Account,--", "合計: アカウント,9"], meta=TOTALS),
    Dirt("totals with a blank first cell", H + LINE + ',"54,334",総計\n', [ROW],
         lines=[',"54,334",総計'], meta=TOTALS),
    Dirt("a name like totals", H + "1,Total brand,x\n", [("1", "Total brand", "x")],
         meta={"totals": ["Total:"]}),
    Dirt("trailing comma in the header", H[:-1] + ",\n" + LINE + LINE2, [ROW, ROW2],
         note="1 blank cell(s) fewer than the header"),
    Dirt("trailing commas in rows", H + LINE[:-1] + ",\n" + LINE2[:-1] + ",\n", [ROW, ROW2],
         note="1 blank cell(s) more than the header"),
    Dirt("trailing commas in both", "".join(x[:-1] + ",\n" for x in (H, LINE, LINE2)),
         [ROW, ROW2]),
    Dirt("trailing commas in some rows", H + LINE[:-1] + ",,\n" + LINE2, [ROW, ROW2]),
    Dirt("blanks beyond the header", H + LINE[:-1] + ", \n" + LINE2, [ROW, ROW2],
         note="1 row(s) with blank cells too many or too few at their end were mended"),
    Dirt("a last comma in some rows", H[:-1] + ",\n" + LINE + LINE2[:-1] + ",x\n", [ROW, ROW2],
         extra=[None, '{"column 4":"x"}'], note="1 row(s) with blank cells too many or too few"),
    Dirt("a cell where others have a blank", H + (LINE[:-1] + ",\n") * 30 + LINE2[:-1] + ",x\n",
         [ROW], [(31, "ragged_row")], note="30 row(s) with blank cells too many", meta=KEY),
    Dirt("a cell below a blank label", H[:-1] + ",\n" + LINE[:-1] + ",x\n", [ROW],
         extra=['{"column 4":"x"}']),
    Dirt("duplicate undeclared labels", H[:-1] + ",x,x,x\n" + LINE[:-1] + ",1,,3\n", [ROW],
         extra=['{"x":"1","x (3)":"3"}']),
    Dirt("a declared column twice", "Record ID,Email,email \n1,a@example.com,b@example.com\n",
         refused="two columns mean 'email': 'Email' (column 2) and 'email ' (column 3)"),
    Dirt("header once more", H + LINE + H + LINE2, [ROW, ROW2], lines=[H[:-1]]),
    Dirt("header once more, quoted", H + LINE + '"Record ID","Email",Stage\n' + LINE2,
         [ROW, ROW2], lines=['"Record ID","Email",Stage']),
    Dirt("header in another case", H + LINE + H.upper() + LINE2, [ROW, ROW2],
         lines=[H[:-1].upper()], note="another header in line 3"),
    Dirt("header in another order", H + LINE + "Email,Stage,Record ID\nb@example.com,MQL,2\n",
         [ROW, ROW2], lines=["Email,Stage,Record ID"], note="another header in line 3"),
    Dirt("header in another language", H + LINE + OTHER + "MQL,2,x,b@example.com\n", [ROW, ROW2],
         lines=[OTHER[:-1]], extra=[None, '{"メモ, 追記":"x"}'], note="another header in line 3"),
    Dirt("header with another delimiter", H + LINE + (H + LINE2).replace(",", ";"), [ROW, ROW2],
         lines=[H[:-1].replace(",", ";")], note="another header in line 3"),
    Dirt("second export with its preamble",
         "Report\n" + H + LINE + "Report\n# x, y\n" + H + LINE2, [ROW, ROW2],
         lines=["Report", "Report", "# x, y", H[:-1]], note="another header in line 6"),
    Dirt("second export without the key", H + LINE + "Stage,Email\nMQL,b@example.com\n", meta=KEY,
         refused="header in line 3: missing required column: record_id"),
    Dirt("a label alone in a line", H + LINE + "Record ID\n" + LINE2, [ROW, ROW2],
         [(2, "ragged_row")]),
    Dirt("one column, header once more", "Record ID\n1\nRecord ID\n2\n",
         [("1", None, None), ("2", None, None)], lines=["Record ID"]),
    Dirt("two marks", "\ufeff" + H + LINE + "\ufeff" + H + LINE2, [ROW, ROW2], lines=[H[:-1]],
         note="1 byte order mark(s) within the file removed"),
    Dirt("two marks at the start", "\ufeff\ufeff" + H + LINE, [ROW],
         note="1 byte order mark(s) within the file removed"),
    Dirt("a label in a cell", H + "1,Email,Lead\n", [("1", "Email", "Lead")]),
    Dirt("cells that are labels", H + LINE + "Email,Stage,x\n" + LINE2,
         [ROW, ("Email", "Stage", "x"), ROW2]),
    Dirt("another table after a blank line", H + LINE + "\nDevices\nDevice,Clicks,Cost\npc,1,2\n",
         [ROW], [(2, "ragged_row"), (3, "ragged_row"), (4, "ragged_row")], note="name the title"),
    Dirt("undeclared footer", H + LINE + '\n"My report"\n"Copyright (c) 2024"\n', [ROW],
         [(2, "ragged_row"), (3, "ragged_row")]),
    Dirt("declared footer", H + LINE + '\n"My report"\n"Copyright (c) 2024",,\n', [ROW],
         lines=['"My report"', '"Copyright (c) 2024",,'], meta={"footer": ["^Copyright"]}),
    Dirt("a footer within that fills all cells", H + LINE + "Copyright,a,b\n" + LINE2 + ROWS, [ROW],
         [(n, "ragged_row") for n in range(2, 503)], lines=["Copyright,a,b"],
         note="rows after the footer in line 3 are quarantined", meta={"footer": ["^Copyright"]}),
    Dirt("a footer by an expression of Python's own", H + LINE + "Copyright,a,b\n", [ROW],
         lines=["Copyright,a,b"], meta={"footer": ["^(?=Copy)C"]}),
    Dirt("no footer although one is declared", H + LINE + LINE2, [ROW, ROW2],
         meta={"footer": ["^Copyright"]}),
    Dirt("same rows twice", H + LINE + LINE2 + LINE, [ROW, ROW2]),
    Dirt("a key with two contents", H + LINE + LINE2 + "1,a@example.com,MQL\n", [ROW2],
         [(1, "duplicate_key"), (3, "duplicate_key")], meta=KEY),
    Dirt("a row without its key", H + LINE + ",b@example.com,MQL\n", [ROW], [(2, "null_key")],
         meta=KEY),
    Dirt("tabs", (H + LINE).replace(",", "\t"), [ROW], file="a.tsv"),
    Dirt("semicolons under .csv", (H + LINE).replace(",", ";"), [ROW]),
    Dirt("LF rows, line ends in cells", '"Record ID","Email","Stage"\n"1","a\r\nb","c\nd"\n',
         [("1", "a\r\nb", "c\nd")]),
    Dirt("embedded quotes", H + '1,"say ""hi"", ok","a ""b"""\n', [("1", 'say "hi", ok', 'a "b"')]),
    Dirt("stray quotes", H + '1,5" pipe,"x"y\n', [("1", '5" pipe', "xy")]),
    Dirt("JSON in a cell", H + '1,"{""a"": [1, ""x""]}",null\n',
         [("1", '{"a": [1, "x"]}', "null")]),
    Dirt("a very long cell", H + f"1,{'x' * (3 << 20)},Lead\n", [("1", "x" * (3 << 20), "Lead")]),
    Dirt("a cell beyond the limit", H + f'1,"{"x" * (33 << 20)}",Lead\n',
         refused="a record is longer than 32 MB"),
    Dirt("names renamed (1)", H + LINE, [ROW], file="contacts (1) [x]*?.csv"),
]  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DirtyProject:
    return DirtyProject(Path(tmp_path_factory.mktemp("dirt")), KINDS)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=[kind.name for kind in KINDS])
def test_dirt_has_exactly_its_outcome(project: DirtyProject, number: int) -> None:
    project.check(number, KINDS[number])
