"""GA4 export files written by code: NDJSON with integers as text, Parquet in two layouts."""

import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SLOTS = ("string_value", "int_value", "float_value", "double_value")
Event = dict[str, Any]


def micros(text: str) -> int:
    """Microseconds since 1970 of a time in UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def event(
    at: str,
    client: str | None,
    name: str = "page_view",
    *,
    params: Event | None = None,
    **more: Any,
) -> Event:
    """One event; `params` maps a key to (slot, value). Its date is that of Tokyo's property."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return {
        "event_date": moment.strftime("%Y%m%d"),
        "event_timestamp": micros(at),
        "event_name": name,
        "user_pseudo_id": client,
        "params": params or {},
        **more,
    }


def session(number: int, *, engaged: str = "0") -> Event:
    """Parameters of an event in a session, in the slots of Google's sample."""
    return {
        "ga_session_id": ("int_value", number),
        "session_engaged": ("string_value", engaged),
        "page_location": ("string_value", "https://example.com/a<b>&c"),
    }


def ndjson(events: list[Event], *, packed: bool = False) -> bytes:
    """As BigQuery exports JSON: INT64 as text, <>& escaped, absent values left out."""
    lines = []
    for entry in events:
        row = {key: value for key, value in entry.items() if key != "params" and value is not None}
        row["event_timestamp"] = str(row["event_timestamp"])
        row["event_params"] = [
            {"key": key, "value": {slot: str(value) if slot == "int_value" else value}}
            for key, (slot, value) in entry["params"].items()
        ]
        text = json.dumps(row, ensure_ascii=False)
        for sign in "<>&":
            text = text.replace(sign, f"\\u{ord(sign):04x}")
        lines.append(text + "\n")
    content = "".join(lines).encode()
    return gzip.compress(content, mtime=0) if packed else content


def parquet(events: list[Event], *, marked: bool = True) -> bytes:
    """As nested Parquet; lists that are not `marked` as such have `list` and `element` between."""
    value = pa.struct(
        list(zip(SLOTS, (pa.string(), pa.int64(), pa.float32(), pa.float64()), strict=True))
    )
    param = pa.struct([("key", pa.string()), ("value", value)])
    plain = pa.list_(param)
    unmarked = pa.struct([("list", pa.list_(pa.struct([("element", param)])))])
    rows = []
    for entry in events:
        params = [
            {"key": key, "value": {slot: content}}
            for key, (slot, content) in entry["params"].items()
        ]
        wrapped = {"list": [{"element": item} for item in params]}
        rows.append({**entry, "event_params": params if marked else wrapped})
    schema = pa.schema(
        [
            ("event_date", pa.string()),
            ("event_timestamp", pa.int64()),
            ("event_name", pa.string()),
            ("event_params", plain if marked else unmarked),
            ("user_pseudo_id", pa.string()),
        ]
    )
    table = pa.Table.from_pylist(
        [{name: row[name] for name in schema.names} for row in rows], schema=schema
    )
    target = io.BytesIO()
    pq.write_table(table, target)
    return target.getvalue()
