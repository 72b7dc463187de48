"""Invented names of persons and companies, from lists of our own; all encodable in CP932."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import Ints, pick
from keiro.demo.parameters import DemoParameters

# (kanji, reading): family names are a first and a second part, as many real ones are.
FAMILY_FIRST = (
    ("霧", "kiri"), ("風", "kaze"), ("灯", "hi"), ("雪", "yuki"), ("月", "tsuki"), ("星", "hoshi"),
    ("若", "waka"), ("遠", "too"), ("深", "fuka"), ("高", "taka"), ("髙", "taka"), ("柚", "yuzu"),
    ("椿", "tsubaki"), ("鳴", "naru"), ("朝", "asa"), ("夕", "yuu"), ("砂", "suna"), ("渡", "wata"),
)  # fmt: skip
FAMILY_SECOND = (
    ("守", "mori"), ("野", "no"), ("谷", "tani"), ("沢", "sawa"), ("﨑", "saki"), ("浦", "ura"),
    ("瀬", "se"), ("里", "sato"), ("原", "hara"), ("橋", "hashi"), ("丘", "oka"), ("波", "nami"),
    ("島", "shima"), ("峰", "mine"),
)  # fmt: skip
GIVEN_FIRST = (
    ("彩", "aya"), ("直", "nao"), ("悠", "yuu"), ("真", "ma"), ("千", "chi"), ("英", "hide"),
    ("和", "kazu"), ("美", "mi"), ("智", "tomo"), ("春", "haru"), ("奏", "kana"), ("涼", "ryou"),
)  # fmt: skip
GIVEN_SECOND = (
    ("香", "ka"), ("樹", "ki"), ("斗", "to"), ("乃", "no"), ("子", "ko"), ("彦", "hiko"),
    ("太", "ta"), ("央", "o"), ("葉", "ha"), ("代", "yo"), ("也", "ya"), ("穂", "ho"),
)  # fmt: skip
COMPANY_KANJI_FIRST = (
    ("霧", "kiri"), ("風", "kaze"), ("青", "ao"), ("白", "shira"), ("月", "tsuki"),
    ("星", "hoshi"), ("雲", "kumo"), ("朝", "asa"), ("夕", "yuu"), ("翠", "midori"),
    ("若", "waka"), ("髙", "taka"), ("琥", "ko"), ("灯", "hi"),
)  # fmt: skip
COMPANY_KANJI_SECOND = (
    ("島野", "shimano"), ("見", "mi"), ("台", "dai"), ("波", "nami"), ("影", "kage"),
    ("川", "kawa"), ("井", "i"), ("凪", "nagi"), ("嶺", "mine"), ("草", "kusa"), ("﨑", "saki"),
    ("帆", "ho"),
)  # fmt: skip
COMPANY_WORDS = (
    ("ＡＲＫ", "ark"), ("ノルテ", "norte"), ("ミナモ", "minamo"), ("カナタ", "kanata"),
    ("ＫＩＴＥ", "kite"), ("ソラリオ", "solario"), ("①丸", "ichimaru"), ("ユズリハ", "yuzuriha"),
)  # fmt: skip
COMPANY_SECOND = (
    ("電機", "denki", "製造業"), ("精工", "seikou", "製造業"), ("化成", "kasei", "製造業"),
    ("食品", "shokuhin", "食品"), ("物流", "butsuryu", "運輸・物流"),
    ("倉庫", "souko", "運輸・物流"), ("システム", "system", "情報通信"),
    ("ソフト", "soft", "情報通信"), ("データ", "data", "情報通信"), ("商事", "shouji", "卸売"),
    ("不動産", "fudousan", "不動産"), ("建設", "kensetsu", "建設"), ("設計", "sekkei", "建設"),
    ("メディカル", "medical", "医療・福祉"), ("教育社", "kyouikusha", "教育"),
    ("広告", "koukoku", "広告"), ("人材", "jinzai", "人材サービス"), ("印刷", "insatsu", "製造業"),
    ("保険", "hoken", "金融・保険"), ("観光", "kankou", "宿泊・観光"),
)  # fmt: skip
COMPANY_FORMS = ("株式会社{}", "{}株式会社", "㈱{}", "{}㈱", "有限会社{}", "合同会社{}")
FORM_WEIGHTS = (0.34, 0.30, 0.16, 0.08, 0.06, 0.06)
EMPLOYEES = (8, 15, 30, 50, 80, 120, 200, 350, 600, 1200, 3000, 8000)
JOB_TITLES = (
    "代表取締役", "営業部長", "マーケティング部長", "マーケティング課長", "営業企画",
    "情報システム部", "主任", "経営企画室長", "カスタマーサクセス", "",
)  # fmt: skip
FREEMAIL_DOMAIN = "freemail.example"
# A company brings this many leads on average.
LEADS_PER_COMPANY = 1.8


@dataclass(frozen=True)
class Companies:
    """Invented companies; the index is the company's number."""

    name: tuple[str, ...]
    domain: tuple[str, ...]
    industry: tuple[str, ...]
    employees: Ints


@dataclass(frozen=True)
class Names:
    """Of each lead: name, company (-1: none known), e-mail, job title."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    email: tuple[str, ...]
    job_title: tuple[str, ...]
    company: Ints
    companies: Companies


def invent_names(parameters: DemoParameters, leads: int, rng: np.random.Generator) -> Names:
    """Names for so many leads, and the companies that they work for. E-mails are unique."""
    count = max(1, round(leads / LEADS_PER_COMPANY))
    companies = _companies(count, rng)
    # Large companies bring more people.
    company = pick(rng, leads, np.sqrt(companies.employees.astype(np.float64)))
    company = np.where(rng.random(leads) < parameters.freemail_share, -1, company)
    family = _pairs(FAMILY_FIRST, FAMILY_SECOND, leads, rng)
    given = _pairs(GIVEN_FIRST, GIVEN_SECOND, leads, rng)
    domains = [*companies.domain, FREEMAIL_DOMAIN]
    wanted = [
        f"{g_reading}.{f_reading}@{domains[c]}"
        for (_, f_reading), (_, g_reading), c in zip(family, given, company.tolist(), strict=True)
    ]
    return Names(
        family=tuple(kanji for kanji, _ in family),
        given=tuple(kanji for kanji, _ in given),
        email=_unique_emails(wanted),
        job_title=tuple(
            JOB_TITLES[index] for index in rng.integers(0, len(JOB_TITLES), leads).tolist()
        ),
        company=company,
        companies=companies,
    )


def _pairs(
    first: tuple[tuple[str, str], ...],
    second: tuple[tuple[str, str], ...],
    size: int,
    rng: np.random.Generator,
) -> list[tuple[str, str]]:
    every = [(a + b, x + y) for a, x in first for b, y in second]
    return [every[index] for index in rng.integers(0, len(every), size).tolist()]


def _companies(count: int, rng: np.random.Generator) -> Companies:
    pairs = [(a + b, x + y) for a, x in COMPANY_KANJI_FIRST for b, y in COMPANY_KANJI_SECOND]
    every = [(a, b) for a in (*pairs, *COMPANY_WORDS) for b in COMPANY_SECOND]
    order = rng.permutation(len(every))
    form = pick(rng, count, np.array(FORM_WEIGHTS))
    names, domains, industries = [], [], []
    for number in range(count):
        (kanji, reading), (kind, kind_reading, industry) = every[order[number % len(every)]]
        # More companies than names: branches of a town each, so that every name is one company.
        branch = number // len(every)
        title = kanji + kind + (f"第{branch + 1}" if branch else "")
        names.append(COMPANY_FORMS[form[number]].format(title))
        suffix = str(branch + 1) if branch else ""
        domains.append(f"{reading}-{kind_reading}{suffix}.example")
        industries.append(industry)
    employees = np.array(EMPLOYEES)[rng.integers(0, len(EMPLOYEES), count)]
    return Companies(tuple(names), tuple(domains), tuple(industries), employees)


def _unique_emails(wanted: list[str]) -> tuple[str, ...]:
    """Number the repeated ones, as a mail administrator would."""
    seen: dict[str, int] = {}
    unique = []
    for address in wanted:
        seen[address] = seen.get(address, 0) + 1
        local, _, domain = address.partition("@")
        unique.append(address if seen[address] == 1 else f"{local}{seen[address]}@{domain}")
    return tuple(unique)
