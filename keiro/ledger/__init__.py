"""The ledger: which KPI values were published, when, under which definition and from which data."""

from keiro.ledger.store import Edition, confirm, record

__all__ = ["Edition", "confirm", "record"]
