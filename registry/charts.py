"""Charts of an evaluation as SVG text: the histogram of match weights, and precision against recall.

Colours are not the only difference (bars are hatched, lines dashed); text is in the reader's words, handed in.
"""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt

_WIDE, _HIGH = 720, 360
_LEFT, _BOTTOM, _TOP, _RIGHT = 64, 52, 40, 16
_WORDS = {
    "histogram": "Match weights of candidate pairs",
    "weight": "match weight (log2 odds)",
    "pairs": "pairs (logarithmic)",
    "same": "one person",
    "different": "two persons",
    "curve": "Precision and recall by threshold",
    "recall": "recall",
    "precision": "precision",
}


def histogram(
    weights: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], words: Mapping[str, str] | None = None
) -> str:
    """Draw how many pairs of one person and of two have which match weight."""
    say = _WORDS | dict(words or {})
    edges = np.arange(np.floor(weights.min(initial=0)), np.ceil(weights.max(initial=1)) + 1)
    counts = [np.histogram(weights[mask], edges)[0] for mask in (~same, same)]
    top = np.log10(max(10, int(max(c.max(initial=1) for c in counts)))) * 1.05
    step = (_WIDE - _LEFT - _RIGHT) / (len(edges) - 1)
    parts = []
    for k, (count, fill) in enumerate(zip(counts, ("url(#hatch)", "#1f5f8b"), strict=True)):
        for place, number in enumerate(count.tolist()):
            if number:
                high = np.log10(number + 1) / top * (_HIGH - _TOP - _BOTTOM)
                x = _LEFT + place * step + k * step / 2
                parts.append(
                    f'<rect x="{x:.1f}" y="{_HIGH - _BOTTOM - high:.1f}" width="{step / 2:.1f}" height="{high:.1f}" '
                    f'fill="{fill}"><title>{number}</title></rect>'
                )
    ticks = [(float(edge), _LEFT + place * step) for place, edge in enumerate(edges) if edge % 5 == 0]
    levels = [(f"{10**k:,}", _HIGH - _BOTTOM - k / top * (_HIGH - _TOP - _BOTTOM)) for k in range(int(top) + 1)]
    legend = _legend([(say["different"], "url(#hatch)"), (say["same"], "#1f5f8b")])
    body = "".join(parts) + _axes([(f"{v:.0f}", x) for v, x in ticks], levels, say["weight"], say["pairs"]) + legend
    return _svg(say["histogram"], body)


def precision_recall(
    weights: npt.NDArray[np.float64],
    same: npt.NDArray[np.bool_],
    all_true: int,
    words: Mapping[str, str] | None = None,
) -> str:
    """Draw precision against recall as the threshold falls; `all_true` counts pairs that nobody compared, too."""
    say = _WORDS | dict(words or {})
    precision, recall, _ = curve(weights, same, all_true)
    low = max(0.0, np.floor(float(precision.min(initial=1.0)) * 20) / 20)
    wide, high = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM
    xs = _LEFT + recall * wide
    ys = _HIGH - _BOTTOM - (precision - low) / max(1e-9, 1 - low) * high
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    ticks = [(f"{k / 5:.1f}", _LEFT + k / 5 * wide) for k in range(6)]
    levels = [(f"{low + k / 4 * (1 - low):.3f}", _HIGH - _BOTTOM - k / 4 * high) for k in range(5)]
    body = f'<polyline points="{points}" fill="none" stroke="#1f5f8b" stroke-width="2"/>'
    return _svg(say["curve"], body + _axes(ticks, levels, say["recall"], say["precision"]))


def curve(
    weights: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], all_true: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give precision, recall and threshold at every distinct weight, highest first."""
    order = np.argsort(-weights, kind="stable")
    right = np.cumsum(same[order])
    found = np.arange(1, len(order) + 1)
    last = np.append(np.diff(weights[order]) != 0, True) if len(order) else np.empty(0, np.bool_)
    return right[last] / found[last], right[last] / max(1, all_true), weights[order][last]


def _legend(entries: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<rect x="{_WIDE - 170}" y="{_TOP + 18 * k}" width="12" height="12" fill="{fill}"/>'
        f'<text x="{_WIDE - 152}" y="{_TOP + 18 * k + 11}">{escape(text)}</text>'
        for k, (text, fill) in enumerate(entries)
    )


def _axes(ticks: Sequence[tuple[str, float]], levels: Sequence[tuple[str, float]], below: str, beside: str) -> str:
    base = _HIGH - _BOTTOM
    parts = [f'<path d="M{_LEFT} {_TOP}V{base}H{_WIDE - _RIGHT}" fill="none" stroke="#333"/>']
    parts += [f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle">{escape(t)}</text>' for t, x in ticks]
    parts += [f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(t)}</text>' for t, y in levels]
    parts.append(f'<text x="{(_LEFT + _WIDE) / 2:.0f}" y="{_HIGH - 10}" text-anchor="middle">{escape(below)}</text>')
    parts.append(f'<text x="14" y="{_HIGH / 2:.0f}" transform="rotate(-90 14 {_HIGH / 2:.0f})" text-anchor="middle">')
    return "".join(parts) + f"{escape(beside)}</text>"


def _svg(title: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" fill="#f2c9a1"/><path d="M0 0V6" stroke="#a04000" stroke-width="2"/></pattern>'
        "</defs>"
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>'
        f'<text x="{_LEFT}" y="24" font-size="15">{escape(title)}</text>{body}</svg>'
    )
