"""Writing the shop's exports: orders as its back office gives them, web events, ads, the truth."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from keiro.demo.ads import is_japanese, months_of
from keiro.demo.arrays import DAY, Bools, Ints, add_months, day_number, wall_text
from keiro.demo.arrow_helpers import instants, look_up
from keiro.demo.output import TRUTH, Output
from keiro.demo.shop import STATUSES, Shop, shop_parameters, simulate_shop
from keiro.demo.web_export import Progress, Web, write_ads, write_events
from keiro.demo.write import DemoSummary, check_period

HEADERS = {
    False: [
        "Order Number", "Created at", "Status", "Customer ID", "Email", "Items", "Subtotal",
        "Discount", "Shipping", "Total", "Currency", "Traffic Source",
    ],
    True: [
        "注文番号", "注文日時", "ステータス", "顧客番号", "メールアドレス", "商品点数", "商品小計",
        "割引", "送料", "合計金額", "通貨", "流入元",
    ],
}  # fmt: skip
STATUSES_JA = ("支払済み", "キャンセル", "返金済み")


def write_shop(  # noqa: PLR0913 - one keyword for each thing that a user may choose
    out_dir: Path,
    *,
    start: date = date(2024, 10, 1),
    end: date = date(2026, 9, 30),
    scale: float = 1.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> DemoSummary:
    """Write the exports of an online shop below `out_dir`, with truth; else as `write_demo`."""
    parameters = shop_parameters(start, end, scale, seed)
    check_period(parameters)
    report = progress or (lambda _step, _share: None)
    output = Output(out_dir)
    output.prepare()
    report("simulating the shop", 0.0)
    shop = simulate_shop(parameters)
    report("writing orders and costs", 0.3)
    _write_orders(shop, output)
    write_ads(parameters, shop.ads, output)
    write_events(Web(parameters, shop.events, shop.sessions, shop.traffic), output, report)
    _write_truth(shop, output)
    report("done", 1.0)
    return DemoSummary(tuple(sorted(output.files)), dict(sorted(output.rows.items())), ())


def _write_orders(shop: Shop, output: Output) -> None:
    """A file for each month: in English at first, from the middle of the period on in Japanese."""
    for month in months_of(shop.parameters):
        japanese = is_japanese(shop.parameters, month)
        first, last = day_number(month) * DAY, day_number(add_months(month, 1)) * DAY
        rows = order_rows(shop, (shop.orders.at >= first) & (shop.orders.at < last), japanese)
        encoding = "cp932" if japanese else "utf-8-sig"
        output.write_csv(f"shop/orders-{month:%Y-%m}.csv", [HEADERS[japanese], *rows], encoding)
        output.count("shop.orders", len(rows))


def order_rows(shop: Shop, chosen: Bools, japanese: bool) -> list[list[str]]:
    """The rows of these orders under `HEADERS`."""
    orders, rows = shop.orders, np.flatnonzero(chosen)
    channels = shop.parameters.channels
    sources = [entry.source_ja if japanese else entry.source_en for entry in channels]
    statuses = STATUSES_JA if japanese else STATUSES
    channel = shop.sessions.channel[orders.session[rows]].tolist()

    def values(column: Ints) -> list[int]:
        return [int(value) for value in column[rows]]

    return [
        [
            f"#{number}", wall_text(at, "%Y/%m/%d %H:%M"), statuses[status],
            f"c{customer:06d}", orders.email[customer], str(items), f"{subtotal:,}",
            f"{discount:,}", str(shipping), f"{total:,}", "JPY", sources[source],
        ]
        for number, at, status, customer, items, subtotal, discount, shipping, total, source
        in zip(
            values(orders.number), values(orders.at), values(orders.status),
            values(orders.customer), values(orders.items), values(orders.subtotal),
            values(orders.discount), values(orders.shipping), values(orders.total), channel,
            strict=True,
        )
    ]  # fmt: skip


def _write_truth(shop: Shop, output: Output) -> None:
    """`orders.parquet` (number, time, status, channel, total) and the parameters."""
    orders, names = shop.orders, [entry.name for entry in shop.parameters.channels]
    table = pa.table(
        {
            "order_number": pa.array(orders.number),
            "ordered_at": instants(orders.at),
            "status": look_up(STATUSES, orders.status),
            "channel": look_up(names, shop.sessions.channel[orders.session]),
            "total_jpy": pa.array(orders.total),
        }
    )
    output.write_parquet(f"{TRUTH}/orders.parquet", table)
    document = {"company": "shop", "parameters": asdict(shop.parameters)}
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    output.write(f"{TRUTH}/truth.json", text.encode("utf-8"))
