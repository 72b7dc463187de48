"""Numbers and keys as exports write them, and what each cast must make of them, by hand."""

from tests.integration.casting_cases import NOTHING, Cases

AMOUNTS: dict[str | None, str | None] = {
    **NOTHING,
    "1234": "1234",
    "1,234": "1234",
    "¥1,234": "1234",
    "￥１，２３４": "1234",
    "\\1,234": "1234",
    "1,234円": "1234",
    "1,234 円": "1234",
    "JPY 1,234": "1234",
    "12万円": "120000",
    "12.5万円": "125000",
    "１２．５万": "125000",
    "1.2億": "120000000",
    "3億4,000万円": "340000000",
    "1億2万3円": "100020003",
    "5千万円": "50000000",
    "1万5千円": "15000",
    "1,234千円": "1234000",
    "12百万円": "12000000",
    "1兆2,345億円": "1234500000000",
    "(1,234)": "-1234",
    "（1,234）": "-1234",
    "(¥1,234)": "-1234",
    "¥(1,234)": "-1234",
    "▲1,234": "-1234",
    "△1,234": "-1234",
    "▲¥1,234": "-1234",
    "¥-1,234": "-1234",
    "-1,234": "-1234",
    "−1,234": "-1234",
    "－1,234": "-1234",
    "+1,234": "1234",
    "$21,000": "21000",
    "US$21,000": "21000",
    "€1,234": "1234",
    "58.8k": "58800",
    "1.5M": "1500000",
    "2B": "2000000000",
    "0": "0",
    **dict.fromkeys(
        [
            "12abc",
            "abc",
            "0,123",
            "012,345",
            "1,23",
            "12,34,567",
            "1 234",
            "1.2.3",
            "10²",
            "①②",
            "万",
            "¥",
        ]
    ),
    **dict.fromkeys(
        ["-(1,234)", "(1,234", "1,234)", "--5", "1,234-", "約1,234円", "1,234円〜", "円"]
    ),
    **dict.fromkeys(["0x1F", "1_000", "Infinity", "TBD", "2024-04-01", "1/2"]),
}


def _with_decimals(
    cases: dict[str | None, str | None], ending: str
) -> dict[str | None, str | None]:
    return {text: value and value + ending for text, value in cases.items()}


NUMBERS: Cases = {
    "parse_amount('x')": {
        **_with_decimals(AMOUNTS, ".00"),
        "12.34": "12.34",
        ".5": "0.50",
        "1.005": "1.01",
        "$1,234.56": "1234.56",
        "9999999999999999.99": "9999999999999999.99",
        "99999999999999999.99": None,
        "12.5%": None,
        "1.61121E+15": None,
        "1e3": None,
    },
    "parse_amount('x', ',')": {
        "1.234,56": "1234.56",
        "1.234": "1234.00",
        "1234,5": "1234.50",
        "1 234,56 €": "1234.56",
        "-1.234.567,89": "-1234567.89",
        "1,234.56": None,
        "1.23": None,
        "0.123": None,
    },
    "parse_number('x')": {
        **_with_decimals(AMOUNTS, ".0"),
        "12.5%": "0.125",
        "▲12.5％": "-0.125",
        "0.00001": "1e-05",
        "1.61121E+15": "1611210000000000.0",
        "1e-3": "0.001",
    },
    "parse_integer('x')": {
        **AMOUNTS,
        "12.0": "12",
        "1.2万": "12000",
        "007": "7",
        "120210000000000123": "120210000000000123",
        "9223372036854775807": "9223372036854775807",
        "9223372036854775808": None,
        "12.5": None,
        "1.23456万": None,
        "12%": None,
        "1.61121E+15": None,
        "1.20210E+17": None,
    },
    "parse_share('x')": {
        **NOTHING,
        "12.5%": "0.125",
        "１２．５％": "0.125",
        "150%": "1.5",
        "0.125": "0.125",
        "1": "1.0",
        "12.5": None,
        "half": None,
    },
    "parse_share('x', 'percent')": {"50": "0.5", "50%": "0.5", "0.5": "0.005", "high": None},
}

KEYS: Cases = {
    "normalise_email('x')": {
        **NOTHING,
        " Taro.Yamada@Example.CO.JP ": "taro.yamada@example.co.jp",
        "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ": "taro@example.jp",
        "taro\u200b@example.jp": "taro@example.jp",
        "mailto:Taro@example.jp": "taro@example.jp",
        "taro@example.jp;": "taro@example.jp",
        "山田 太郎 <taro@example.jp>": "taro@example.jp",
        "taro+demo@example.jp": "taro+demo@example.jp",
        "t.a.r.o@gmail.com": "t.a.r.o@gmail.com",
        "taro..x.@docomo.ne.jp": "taro..x.@docomo.ne.jp",
        **dict.fromkeys(
            ["taro", "taro@", "@example.jp", "taro@example", "a@x.jp;b@x.jp", "a@b@c.jp"]
        ),
    },
    "normalise_phone('x', '49')": {
        "030 1234567": "0301234567",
        "+49 (0)30 1234567": "0301234567",
        "+81 3-1234-5678": "81312345678",
    },
    "normalise_email('x', 'strip')": {
        "taro+demo@example.jp": "taro@example.jp",
        "taro+a+b@example.jp": "taro@example.jp",
        "taro@example.jp": "taro@example.jp",
        "+taro@example.jp": "+taro@example.jp",
    },
    "normalise_company('x')": {
        None: None,
        "": None,
        **dict.fromkeys(
            ["株式会社髙島物産", "高島物産(株)", "㈱高島物産", "高島物産　株式会社", "㍿髙島物産"],
            "高島物産",
        ),
        "（有）山﨑製作所": "山崎製作所",
        "合同会社ＡＢＣ": "abc",
        "ｱｸﾒ･ｼﾞｬﾊﾟﾝ株式会社": "アクメジャパン",
        **dict.fromkeys(["Acme, Inc.", "ACME Co., Ltd.", "Acme GmbH", "acme Corporation"], "acme"),
        "Texaco": "texaco",
        "Incorporated Minds": "incorporatedminds",
        "株式会社": None,
    },
    "normalise_domain('x')": {
        **NOTHING,
        "https://www.Example.co.jp/path?q=1#x": "example.co.jp",
        "http://example.com:8080": "example.com",
        "//sub.example.com": "sub.example.com",
        "taro@mail.example.com": "mail.example.com",
        "www.example.jp": "example.jp",
        "ｅｘａｍｐｌｅ．ｊｐ": "example.jp",
        "例え.jp": "例え.jp",
        "example.com.": "example.com",
        "gmail.com": "gmail.com",
        **dict.fromkeys(["localhost", "foo bar", "192.168.0.1", "example", "-", "http://"]),
    },
    "normalise_domain('x', public_mail=false)": {
        "taro@gmail.com": None,
        "yahoo.co.jp": None,
        "taro@example.jp": "example.jp",
    },
    "normalise_phone('x')": {
        **NOTHING,
        **dict.fromkeys(
            [
                "03-1234-5678",
                "+81 3-1234-5678",
                "０３（１２３４）５６７８",
                "0312345678",
                "+81 (0)3 1234 5678",
                "03ー1234ー5678",
                "03-1234-5678 内線12",
            ],
            "0312345678",
        ),
        "090 1234 5678": "09012345678",
        "0120-123-456": "0120123456",
        "+1 (415) 555-0100": "14155550100",
        **dict.fromkeys(["12345", "03-1234-5678, 03-1111-2222", "内線12", "call me", "312345678"]),
    },
    "salesforce_id('x')": {
        **NOTHING,
        "001A0000006Vm9r": "001A0000006Vm9rIAC",
        "001A0000006Vm9rIAC": "001A0000006Vm9rIAC",
        "001a0000006vm9r": "001a0000006vm9rAAA",
        **dict.fromkeys(
            ["001A0000006Vm9rIAA", "001A0000006Vm9", "001A0000006Vm9rI", "001A0000006Vm-r"]
        ),
    },
}
