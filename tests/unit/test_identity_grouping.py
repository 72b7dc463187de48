"""Links make persons, and decisions part them: against a plain search, and case by case."""

from itertools import combinations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from keiro.identity.grouping import RULES, group

LINKS = pa.schema(
    [
        ("left_position", pa.int64()),
        ("right_position", pa.int64()),
        ("rule", pa.string()),
        ("match_probability", pa.float64()),
    ]
)
Link = tuple[int, int, str, float | None]

records = st.integers(1, 12)
pairs = st.tuples(records, records).filter(lambda pair: pair[0] != pair[1])
link_lists = st.lists(
    st.builds(
        lambda pair, rule, share: (*pair, rule, share if rule == "match" else None),
        pairs,
        st.sampled_from(RULES),
        st.sampled_from([0.9, 0.95, 0.99]),
    ),
    max_size=20,
)


def grouped(links: list[Link], parted: list[tuple[int, int]] = []) -> dict[int, dict]:  # noqa: B006
    names = LINKS.names
    table = pa.Table.from_pylist([dict(zip(names, link, strict=True)) for link in links], LINKS)
    apart = pa.Table.from_pylist(
        [{"left_position": left, "right_position": right} for left, right in parted],
        pa.schema(list(LINKS)[:2]),
    )
    return {row["position"]: row for row in group(table, apart).to_pylist()}


def reachable(links: list[Link], start: int) -> set[int]:
    found, waiting = set(), [start]
    while waiting:
        record = waiting.pop()
        if record not in found:
            found.add(record)
            waiting += [b for a, b, *_ in links if a == record]
            waiting += [a for a, b, *_ in links if b == record]
    return found


@settings(deadline=None)  # the first call imports scipy
@given(link_lists)
def test_who_hangs_together_is_one_person_named_after_the_first(links: list[Link]) -> None:
    people = {r: row["person_position"] for r, row in grouped(links).items()}
    assert people == {r: min(reachable(links, r)) for link in links for r in link[:2]}


@settings(deadline=None)
@given(link_lists)
def test_each_record_is_explained_by_a_link_towards_the_first(links: list[Link]) -> None:
    given_links = {(frozenset(link[:2]), *link[2:]) for link in links}
    rows = grouped(links)
    for row in rows.values():
        here, steps = row, 0
        while here["linked_position"] is not None:
            ends = frozenset((here["position"], here["linked_position"]))
            assert (ends, here["rule"], here["match_probability"]) in given_links
            here = rows[here["linked_position"]]
            steps += 1
            assert steps < len(rows)
        assert here["position"] == row["person_position"]


@settings(deadline=None)
@given(link_lists, st.lists(pairs, min_size=1, max_size=4))
def test_parted_records_are_never_one_person_and_nothing_else_changes(
    links: list[Link], parted: list[tuple[int, int]]
) -> None:
    before, after = grouped(links), grouped(links, parted)
    person = {r: row["person_position"] for r, row in after.items()}
    assert all(person.get(left, left) != person.get(right, right) for left, right in parted)
    # Nobody is joined by parting others, and who is with nobody parted stays.
    assert set(after) <= set(before)
    for record, row in before.items():
        members = reachable(links, record)
        if not any({left, right} <= members for left, right in parted):
            assert after[record] == row
    # What could still be joined is joined: a link between two persons that nobody parted.
    for left, right, *_ in links:
        if person.get(left, left) != person.get(right, right):
            sides = [
                {r for r in {*before} if person.get(r, r) == person.get(end, end)}
                for end in (left, right)
            ]
            assert any(
                (a in sides[0] and b in sides[1]) or (b in sides[0] and a in sides[1])
                for a, b in parted
            )


def test_the_weakest_link_between_parted_records_is_cut() -> None:
    chain: list[Link] = [
        (1, 2, "email", None),
        (2, 3, "match", 0.91),
        (3, 4, "match", 0.99),
        (4, 5, "merged_id", None),
    ]
    rows = grouped(chain, [(1, 5)])
    assert {r: row["person_position"] for r, row in rows.items()} == {1: 1, 2: 1, 3: 3, 4: 3, 5: 3}
    assert grouped(chain, [(5, 1)]) == rows


def test_a_decision_by_hand_is_stronger_than_any_key() -> None:
    links: list[Link] = [(1, 2, "merged_id", None), (2, 3, "override", None)]
    rows = grouped(links, [(1, 3)])
    assert {r: row["person_position"] for r, row in rows.items()} == {2: 2, 3: 2}


def test_records_that_share_a_key_stay_together_when_the_first_is_parted_from_both() -> None:
    links: list[Link] = [(a, b, "email", None) for a, b in combinations((1, 2, 3), 2)]
    rows = grouped(links, [(1, 2), (1, 3)])
    assert {r: row["person_position"] for r, row in rows.items()} == {2: 2, 3: 2}


def test_no_link_makes_no_person() -> None:
    assert grouped([]) == {}
    assert grouped([], [(1, 2)]) == {}
