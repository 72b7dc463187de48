"""GA4 events as NDJSON or as nested Parquet, the two forms of the BigQuery export.

As in BigQuery's JSON export, INT64 values are strings there and absent values are left out.
`session_engaged` is a string in the NDJSON and an integer in the Parquet: real exports have both.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keiro.demo.arrow_helpers import NO_TEXT, is_present, join_present, look_up, struct, wrap
from keiro.demo.ga4 import DEVICES, REGIONS, STREAM_ID, EventColumns

STRING_PARAMS = frozenset({"page_location", "page_referrer"})
NDJSON_STRING_PARAMS = STRING_PARAMS | {"session_engaged"}
VALUE_FIELDS = [
    pa.field("string_value", pa.string()),
    pa.field("int_value", pa.int64()),
    pa.field("float_value", pa.float64()),
    pa.field("double_value", pa.float64()),
]


def ndjson_lines(columns: EventColumns) -> pa.Array:
    """One JSON text with its line end per event."""
    devices = [_device_json(*device) for device in DEVICES]
    regions = [f'"geo":{{"country":"Japan","region":"{region}"}}' for region in REGIONS]
    first = [
        f'"traffic_source":{{"medium":"{entry.medium}","name":"{entry.name}",'
        f'"source":"{entry.source}"}}'
        for entry in columns.traffic.sources
    ]
    body = join_present(
        [
            wrap('"event_date":"', columns.event_date, '"'),
            wrap('"event_timestamp":"', columns.event_timestamp, '"'),
            wrap('"event_name":"', columns.event_name, '"'),
            wrap('"event_params":[', _params_json(columns.params), "]"),
            wrap('"event_bundle_sequence_id":"', columns.bundle, '"'),
            wrap('"user_pseudo_id":"', columns.user_pseudo_id, '"'),
            wrap('"user_first_touch_timestamp":"', columns.first_touch, '"'),
            look_up(devices, columns.device),
            look_up(regions, columns.region),
            look_up(first, columns.first_source),
            wrap('"collected_traffic_source":{', _collected_json(columns), "}"),
        ],
        ",",
    )
    end = f',"stream_id":"{STREAM_ID}","platform":"WEB"}}\n'
    return pc.binary_join_element_wise("{", body, end, "")


def _params_json(params: dict[str, pa.Array]) -> pa.Array:
    parts = []
    for key, values in params.items():
        slot = "string_value" if key in NDJSON_STRING_PARAMS else "int_value"
        parts.append(wrap(f'{{"key":"{key}","value":{{"{slot}":"', values, '"}}'))
    return join_present(parts, ",")


def _collected_json(columns: EventColumns) -> pa.Array:
    """The inner part of the collected source; null where the event collects none."""
    texts = [
        f'"manual_source":"{entry.source}","manual_medium":"{entry.medium}",'
        f'"manual_campaign_name":"{entry.name}"'
        for entry in columns.traffic.sources
    ]
    manual = pc.if_else(pa.array(columns.has_manual), look_up(texts, columns.source), NO_TEXT)
    click = wrap('"gclid":"', columns.gclid, '"')
    return pc.coalesce(pc.binary_join_element_wise(manual, click, ","), manual, click)


def _device_json(category: str, system: str, browser: str) -> str:
    return (
        f'"device":{{"category":"{category}","operating_system":"{system}",'
        f'"web_info":{{"browser":"{browser}"}}}}'
    )


def parquet_table(columns: EventColumns) -> pa.Table:
    """The events as a nested table of the export's schema."""
    constant = np.zeros_like(columns.region)
    category, system, browser = (
        look_up([device[n] for device in DEVICES], columns.device) for n in range(3)
    )
    return pa.table(
        {
            "event_date": columns.event_date,
            "event_timestamp": columns.event_timestamp,
            "event_name": columns.event_name,
            "event_params": _params_list(columns.params),
            "event_bundle_sequence_id": columns.bundle,
            "user_pseudo_id": columns.user_pseudo_id,
            "user_first_touch_timestamp": columns.first_touch,
            "device": struct(
                {
                    "category": category,
                    "operating_system": system,
                    "web_info": struct({"browser": browser}),
                }
            ),
            "geo": struct(
                {
                    "country": look_up(["Japan"], constant),
                    "region": look_up(REGIONS, columns.region),
                }
            ),
            "traffic_source": _first_source(columns),
            "collected_traffic_source": _collected(columns),
            "stream_id": look_up([STREAM_ID], constant),
            "platform": look_up(["WEB"], constant),
        }
    )


def _first_source(columns: EventColumns) -> pa.Array:
    sources, index = columns.traffic.sources, columns.first_source
    fields = {
        "medium": look_up([entry.medium for entry in sources], index),
        "name": look_up([entry.name for entry in sources], index),
        "source": look_up([entry.source for entry in sources], index),
    }
    return struct(fields, is_present(index))


def _collected(columns: EventColumns) -> pa.Array:
    sources, has_manual = columns.traffic.sources, pa.array(columns.has_manual)

    def manual(values: list[str]) -> pa.Array:
        return pc.if_else(has_manual, look_up(values, columns.source), NO_TEXT)

    fields = {
        "manual_source": manual([entry.source for entry in sources]),
        "manual_medium": manual([entry.medium for entry in sources]),
        "manual_campaign_name": manual([entry.name for entry in sources]),
        "gclid": columns.gclid,
    }
    return struct(fields, is_present(columns.source))


def _params_list(params: dict[str, pa.Array]) -> pa.Array:
    """The present parameters of each event as a list of key and value."""
    keys = list(params)
    present = np.column_stack([is_present(params[key]) for key in keys])
    row, key = np.nonzero(present)
    position = pa.array(key * len(present) + row)
    no_text, no_int = pa.nulls(len(present), pa.string()), pa.nulls(len(present), pa.int64())
    texts = [params[name] if name in STRING_PARAMS else no_text for name in keys]
    numbers = [no_int if name in STRING_PARAMS else params[name] for name in keys]
    nothing = pa.nulls(len(row), pa.float64())
    slots = [pa.concat_arrays(texts).take(position), pa.concat_arrays(numbers).take(position)]
    value = pa.StructArray.from_arrays([*slots, nothing, nothing], fields=VALUE_FIELDS)
    items = struct({"key": look_up(keys, key), "value": value})
    offsets = np.append(0, np.cumsum(present.sum(axis=1))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items)
