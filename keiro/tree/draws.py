"""Bootstrap draws of metrics: what their values might have been with other cases of the same kind.

Each case of a metric gets a Poisson weight of mean 1 (the Poisson bootstrap, Hanley and MacGibbon
2006, Comput. Methods Programs Biomed. 83(1), 57-62, doi:10.1016/j.cmpb.2006.04.006). The sum of the
weights of n cases that count 1 is Poisson(n), so a count is drawn from its value alone; amounts are
drawn from the amounts of their cases. Cases that are in two metrics keep their weight in both.
"""

from collections.abc import Iterable
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse  # type: ignore[import-untyped]

from keiro.tree.effects import Array
from keiro.tree.panel import ALL, Indices, Measure, Panel

DRAWS = 400
SEED = 20260401


class Draws:
    """Draws of the metrics of a panel, the same ones whenever they are asked for.

    `samples` are rows of `kpi.fct_kpi_samples`: groups of cases with equal amounts.
    """

    def __init__(self, panel: Panel, measures: dict[str, Measure], samples: pa.Table) -> None:
        """Keep what the draws are made from; nothing is drawn yet."""
        self._panel = panel
        self._measures = measures
        self._sampled = self._draw_samples(samples)
        self._counted: dict[str, Array] = {}

    def values(self, metrics: Iterable[str]) -> dict[str, Array]:
        """Draws by metric, each by period, scope and draw; NaN where nothing can be drawn."""
        wanted = list(metrics)
        quotients = [self._measures[name] for name in wanted if self._measures[name].is_quotient]
        drawn: dict[str, Array] = {}
        for quotient in sorted(quotients, key=lambda measure: measure.metric):
            self._draw_quotient(quotient, drawn)
        for name in sorted(set(wanted) - {quotient.metric for quotient in quotients}):
            self._draw_plain(name, drawn)
        with np.errstate(divide="ignore", invalid="ignore"):
            for quotient in quotients:
                above, below = drawn[str(quotient.numerator)], drawn[str(quotient.denominator)]
                drawn[quotient.metric] = np.where(below > 0, above / below, np.nan)
        return drawn

    def _draw_quotient(self, quotient: Measure, drawn: dict[str, Array]) -> None:
        above, below = str(quotient.numerator), str(quotient.denominator)
        self._draw_plain(above, drawn)
        if below in drawn:
            return
        known = below in self._sampled or not self._panel.knows([above, below])
        if quotient.is_share and not known and self._measures[below].kind == "count":
            counts = self._panel.column("value", [above, below])
            rest = np.maximum(np.nan_to_num(counts[1]) - np.nan_to_num(counts[0]), 0.0)
            drawn[below] = drawn[above] + self._poisson(f"{below} less {above}", rest)
        else:
            self._draw_plain(below, drawn)

    def _draw_plain(self, name: str, drawn: dict[str, Array]) -> None:
        if name in drawn:
            return
        panel, measure = self._panel, self._measures.get(name)
        shape = (len(panel.periods), len(panel.scopes), DRAWS)
        if name in self._sampled:
            drawn[name] = self._sampled[name]
        elif measure is None or measure.kind != "count" or not panel.knows([name]):
            drawn[name] = np.full(shape, np.nan)
        else:
            drawn[name] = self._poisson(name, panel.column("value", [name])[0])

    def _poisson(self, name: str, means: Array) -> Array:
        """Draws of a count; those of the whole are the sum of its scopes and of what none has."""
        if name not in self._counted:
            self._counted[name] = self._draw_counts(name, means)
        return self._counted[name]

    def _draw_counts(self, name: str, means: Array) -> Array:
        rng = np.random.default_rng([SEED, crc32(f"{self._panel.grain} {name}".encode())])
        whole = self._panel.scopes.index(ALL) if ALL in self._panel.scopes else None
        parts = np.nan_to_num(means)
        if whole is not None:
            others = parts.sum(axis=1) - parts[:, whole]
            parts = parts.copy()
            parts[:, whole] = np.maximum(parts[:, whole] - others, 0.0)
        draws = rng.poisson(np.maximum(parts, 0.0)[..., np.newaxis], (*parts.shape, DRAWS))
        result: Array = draws.astype(float)
        if whole is not None:
            result[:, whole] = result.sum(axis=1)
        # A scope without a row has no cases; a withheld value is one that nobody knows.
        result[np.isnan(means) & (self._panel_rows(name) > 0)] = np.nan
        return result

    def _panel_rows(self, name: str) -> Array:
        if name not in self._panel.position:
            return np.zeros((len(self._panel.periods), len(self._panel.scopes)))
        return self._panel.coded(self._panel.trust, [name]).astype(float)

    def _draw_samples(self, samples: pa.Table) -> dict[str, Array]:
        drawn: dict[str, Array] = {}
        for model in sorted(set(samples["semantic_model"].to_pylist())):
            rows = samples.filter(pc.equal(samples["semantic_model"], model))
            drawn |= self._draw_model(str(model), rows)
        return drawn

    def _draw_model(self, model: str, rows: pa.Table) -> dict[str, Array]:
        """Weights by group of cases, shared by all metrics of a semantic model, summed by cell."""
        panel = self._panel
        period = _period_of(panel, rows["month"].to_numpy().astype("datetime64[D]"))
        group, first = np.unique(rows["group_id"].to_numpy(), return_index=True)
        position = np.searchsorted(group, rows["group_id"].to_numpy())
        rng = np.random.default_rng([SEED, crc32(f"{panel.grain} {model}".encode())])
        weights = rng.poisson(
            rows["cases"].to_numpy()[first].astype(float)[:, np.newaxis], (len(group), DRAWS)
        ).astype(float)
        names = {scope: index for index, scope in enumerate(panel.scopes)}
        channels = rows["channel"].to_pylist()
        scope = np.array([names.get(f"channel={name}", -1) for name in channels], dtype=np.intp)
        metric = rows["metric"].to_numpy().astype(str)
        value = rows["value"].to_numpy()
        shape = (len(panel.periods), len(panel.scopes), DRAWS)
        result: dict[str, Array] = {}
        for name in np.unique(metric):
            total = np.zeros(shape)
            # Each case counts for the whole, and for its channel where it has one.
            for cell, hits in (
                (scope, scope >= 0),
                (np.full_like(scope, names.get(ALL, -1)), None),
            ):
                chosen = (metric == name) & (period >= 0) & (cell >= 0 if hits is None else hits)
                place = period[chosen] * shape[1] + cell[chosen]
                adding = sparse.csr_matrix(
                    (value[chosen], (place, position[chosen])), (shape[0] * shape[1], len(group))
                )
                total += (adding @ weights).reshape(shape)
            result[str(name)] = total
        return result


def _period_of(panel: Panel, months: np.ndarray) -> Indices:
    """The index of the period that a month is in, -1 where it is in none."""
    index = np.searchsorted(panel.periods, months, side="right") - 1
    inside = (index >= 0) & (months <= panel.ends[np.maximum(index, 0)])
    return np.where(inside, index, -1)
