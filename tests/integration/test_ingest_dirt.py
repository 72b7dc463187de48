"""Dirt within texts, kind by kind: encodings and cells, each with its exact outcome."""

import gzip
from pathlib import Path

import pytest
from dirt import Dirt, DirtyProject

H = "Record ID,Email,Stage\n"
J = "レコードID,Eメール,ステージ\n"
ALL = {"encodings": ["utf-8", "cp932", "euc-jp", "utf-16", "latin-1"]}
SENTENCE = "株式会社髙橋製作所の田中様より、資料請求のお問い合わせをいただきました。" * 3
# Characters that CP932 has and Shift_JIS has not, and the two wave dashes.
CP932_ONLY = "①㈱髙﨑～－∥￠"


def one(stage: str) -> list[tuple[str | None, ...]]:
    return [("1", "x", stage)]


def kept(name: str, cell: str) -> Dirt:
    """A cell that is stored as it is: what it means, staging decides."""
    return Dirt(name, f'{H}1,x,"{cell}"\n', one(cell))


def zipped(content: str) -> bytes:
    return gzip.compress(content.encode(), mtime=0)


KINDS = [
    Dirt("UTF-8", J + f"1,x,{SENTENCE}\n", one(SENTENCE), encoding="utf-8"),
    Dirt("UTF-8 with a mark", "\ufeff" + J + "1,x,リード\n", one("リード"), encoding="utf-8"),
    Dirt("a quoted first label after the mark", '\ufeff"Record ID",Email,Stage\n1,x,y\n', one("y")),
    Dirt("CP932", (J + f"1,x,{SENTENCE}{CP932_ONLY}\n").encode("cp932"),
         one(SENTENCE + CP932_ONLY), encoding="cp932"),
    Dirt("UTF-8 with one sign beyond ASCII", H + "1,x,€500\n", one("€500"), encoding="utf-8",
         meta={"encodings": ["utf-8", "cp932"]}),
    Dirt("Shift_JIS where CP932 is not allowed", (J + f"1,x,{SENTENCE}①\n").encode("cp932"),
         refused="not shift_jis", meta={"encodings": ["utf-8", "shift_jis"]}),
    Dirt("Shift_JIS's wave dash", (J + "1,x,10時〜12時の商談\n").encode("shift_jis"),
         one("10時〜12時の商談"), meta={"encodings": ["utf-8", "shift_jis"]}, encoding="shift_jis"),
    Dirt("EUC-JP", (J + f"1,x,{SENTENCE.replace('髙', '高')}\n").encode("euc-jp"),
         one(SENTENCE.replace("髙", "高")), meta=ALL, encoding="euc-jp"),
    Dirt("Latin-1", (H + "1,x,Müller höbbela São Paulo, Straße\n").replace(", S", " S")
         .encode("latin-1"), one("Müller höbbela São Paulo Straße"),
         meta={"encodings": ["utf-8", "latin-1"]}, encoding="latin-1"),
    Dirt("UTF-16 with a mark and tabs", (J + "1,x,リード\n").replace(",", "\t").encode("utf-16"),
         one("リード"), encoding="utf-16"),
    Dirt("UTF-16 big-endian", b"\xfe\xff" + (J + "1,x,リ\n").encode("utf-16-be"), one("リ"),
         encoding="utf-16"),
    Dirt("UTF-16 without a mark", (J + f"1,x,{SENTENCE}\n").encode("utf-16-le"), one(SENTENCE),
         meta={"encodings": ["utf-8", "utf-16-le"]}, encoding="utf-16-le"),
    Dirt("UTF-16 that is cut", (J + "1,x,リード\n").encode("utf-16")[:-1],
         refused="byte order mark"),
    Dirt("UTF-16 files put together", (J + "1,x,リ\n").encode("utf-16") * 2, one("リ"),
         lines=[J[:-1]], note="byte order mark(s) within the file removed"),
    Dirt("UTF-8 and CP932 put together", (J + f"1,x,{SENTENCE}\n").encode()
         + f"2,x,{SENTENCE}\n".encode("cp932"), refused="(line 3) is not utf-8"),
    Dirt("a broken byte", (J + f"1,x,{SENTENCE}\n").encode().replace("様".encode(), b"\xe6"),
         refused="is not utf-8"),
    Dirt("CP932 that is not allowed", (J + f"1,x,{SENTENCE}\n").encode("cp932"),
         refused="likely encoding is cp932", meta={"encodings": ["utf-8"]}),
    Dirt("gzip", zipped(H + "1,x,y\n"), one("y"), file="a.csv.gz"),
    Dirt("gzip under .csv", zipped(H + "1,x,y\n"), one("y")),
    Dirt("gzip that is cut", zipped(H + "1,x,y\n" * 99)[:-9], refused="cut off or damaged"),
    Dirt("gzip with a flipped byte", zipped(H + "1,x,y\n")[:-8] + b"\0" * 8, refused="damaged"),
    Dirt("NUL in cells", H + "1,x\0,a\0b\n2,\0,\0\n", [("1", "x", "ab"), ("2", None, None)],
         note="4 NUL character(s) removed"),
    Dirt("NUL in the header", "Rec\0ord ID,Email,Stage\n1,x,y\n", one("y"), note="1 NUL"),
    Dirt("mojibake", H + "1,x,ã‚ã‚‰ãƒªãƒ¼ãƒ‰\n", one("ã‚ã‚‰ãƒªãƒ¼ãƒ‰"), note="kept as they are"),
    kept("Portuguese is no mojibake", "São Paulo não"),
    kept("half-width kana", "ｱｲｳ ﾃｽﾄ"),
    kept("full-width letters and digits", "ＡＢＣ１２３＠／"),
    kept("ideographic blanks", "\u3000山田\u3000太郎\u3000"),
    kept("zero-width characters", "a\u200bb\u200c\u2060"),
    kept("no-break blanks", "\u00a01\u00a0234"),
    kept("yen sign", "¥1,234"),
    kept("backslash", "\\1,234\\"),
    kept("outer blanks", "  closed won "),
    kept("a mark within a cell", "a\ufeffb"),
    kept("kanji numerals of years", "令和6年4月1日"),
    kept("negative by a triangle", "▲1,234"),
    kept("a spreadsheet's error", "#N/A"),
    kept("a number in exponent form", "1.61121E+15"),
    kept("leading zeros", "000123"),
    kept("a formula", "=HYPERLINK(1)"),
    kept("the text null", "null"),
    kept("a placeholder", "(not set)"),
    kept("two hyphens", " --"),
    kept("several values", "76340251;46897301"),
    kept("line separators that are none", "a\u2028b\x0bc\x0cd\x85e"),
    kept("emoji and rare kanji", "😀𠮷"),
    kept("decomposed kana", "か\u3099"),
    Dirt("quotes in a label", 'Record ID,Email,Stage,"Date entered ""Won (Sales)"""\n1,x,y,2024\n',
         one("y"), extra=['{"Date entered \\"Won (Sales)\\"":"2024"}']),
    Dirt("line ends in a label", 'Record ID,Email,"Sta\nge","a\r\nb"\n1,x,y,z\n',
         [("1", "x", None)], extra=['{"Sta\\nge":"y","a\\r\\nb":"z"}']),
    Dirt("a label with an outer blank",
         "Record ID , email,STAGE,Do you have a showroom? \n1,x,y,z\n", one("y"),
         extra=['{"Do you have a showroom?":"z"}']),
    Dirt("full-width and zero-width in labels",
         "Ｒｅｃｏｒｄ\u3000ID,\u200bEmail,Stage\n1,x,y\n", one("y")),
    Dirt("internal names", "record_id,email,stage\n1,x,y\n", one("y")),
    Dirt("near misses of labels", "Record ID,Email (work),Stage,Stage 2\n1,x,y,z\n",
         [("1", None, "y")], extra=['{"Email (work)":"x","Stage 2":"z"}']),
    Dirt("dotted names", "Id,Owner.Name,Stage\n1,x,y\n", one("y"), meta={"columns": [
        {"name": "record_id", "aliases": ["Id"]}, {"name": "email", "aliases": ["Owner.Name"]},
        {"name": "stage"}]}),
    Dirt("ids that differ in case only", H + "00Qa,x,y\n00QA,x,y\n",
         [("00Qa", "x", "y"), ("00QA", "x", "y")], meta={"primary_key": ["record_id"]}),
]  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DirtyProject:
    return DirtyProject(Path(tmp_path_factory.mktemp("dirt")), KINDS)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=[kind.name for kind in KINDS])
def test_dirt_has_exactly_its_outcome(project: DirtyProject, number: int) -> None:
    project.check(number, KINDS[number])
