"""Two plots as SVG: the gap over time, and the time over size."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

from solver import Progress

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "linli"

from matplotlib import pyplot as plt  # noqa: E402 the back end is chosen first


def gap_over_time(course: list[Progress], path: Path) -> None:
    """Bound and points as shares of the last bound, over seconds."""
    last = course[-1].bound
    known = [step for step in course if step.points is not None and step.bound is not None]
    if not last or not known:
        return
    figure, axes = plt.subplots(figsize=(6, 3.4))
    seconds = [step.seconds for step in known]
    axes.step(seconds, [100 * (step.bound or 0) / last for step in known], where="post", label="proven bound")
    axes.step(seconds, [100 * (step.points or 0) / last for step in known], where="post", label="best plan")
    axes.set_xlabel("seconds")
    axes.set_ylabel("% of the final bound")
    _finish(figure, axes, path)


def time_over_size(spent: list[tuple[int, float, str]], path: Path) -> None:
    """Seconds to the answer over volunteers, both axes logarithmic."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for kind in sorted({kind for _, _, kind in spent}):
        points = sorted((people, seconds) for people, seconds, of in spent if of == kind)
        axes.loglog([people for people, _ in points], [seconds for _, seconds in points], marker="o", label=kind)
    axes.set_xlabel("volunteers")
    axes.set_ylabel("seconds")
    _finish(figure, axes, path)


def _finish(figure: plt.Figure, axes: plt.Axes, path: Path) -> None:
    axes.legend()
    axes.grid(visible=True, alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
    print(f"wrote {path}")
