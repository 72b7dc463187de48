"""The demo company: a seedable simulator that writes the exports of an invented B2B company."""

from keiro.demo.write import DemoSummary, write_demo

__all__ = ["DemoSummary", "write_demo"]
