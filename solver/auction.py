"""A first plan and first prices from an auction: shifts bid for volunteers, who take the best they are offered.

The auction algorithm (Bertsekas 1988) in phases of falling step, with cuts between them that let prices fall again.
Volunteers judge offers by the whole of their week: what clashes, goes over a limit or costs a further turn must be made
good. So every plan on the way keeps every rule of one person, and those of a shift (all or nothing, the first team
rule) decide whether it opens. Exchanges then better the plan one forced change at a time (`solver.exchange_kernel`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.auction_kernel import clear, closing_wages, cut, wake_all
from solver.clock import Run
from solver.compiled import spread
from solver.engine_flow import Likely, rearranged
from solver.exchange_kernel import exchange, pay_wages, reconsider, replace_all, wanted
from solver.hiring import facts_of, new_journal, nobody_hired, plan_of
from solver.hiring_kernel import FIXED, GAINED, HOLDS, OPEN, join, positions

if TYPE_CHECKING:
    from solver.dual import Market, Prices
    from solver.plan import Plan

_STEPS: Final = (256.0, 64.0, 16.0, 4.0, 1.0, 0.25)
"""Points by which bids go up, phase by phase."""
_CUTS: Final = 3
_SOON: Final = 1_500_000
"""Pairs up to which all phases together take about a second."""
_BIDS: Final = 400
"""Bids a shift in one phase, at most: a phase that would go on is ended by the next one."""
_NOTABLE: Final = (20.0, 5.0, 1.0)
"""Points that an exchange must promise, round by round."""


class Auction:
    """Who is hired where, as it develops."""

    def __init__(self, market: Market) -> None:
        self.market, self.problem = market, market.problem
        self.facts = facts_of(market)
        self.hired = nobody_hired(self.problem)
        self.journal = new_journal(self.problem, self.hired.hired.shape[1])
        self._bids = (*self.facts[:8], *self.hired, *self.journal)
        self._trades = (*self.facts, *self.hired, *self.journal)
        pairs, facts = market.candidates, self.facts
        locked = np.ascontiguousarray(self.problem.locked.T)
        found = positions(pairs.start, pairs.role, locked[0], locked[1])
        for person, pair in zip(self.problem.locked[:, 0].tolist(), found.tolist(), strict=True):
            if pair >= 0 and self._has_room(person, int(pairs.role[pair])):
                role, points, holds = facts.mine[pair].tolist()
                join(facts.terms, facts.week, facts.roles, facts.fill, *self.hired, person, role, FIXED, points, holds)

    def _has_room(self, person: int, role: int) -> bool:
        """Whether a lock can be entered; one that cannot is left to the models that judge all locks together."""
        _, size, *_, count = self.facts.roles[role].tolist()
        return bool(self.hired.held[person] < self.hired.hired.shape[1] and count < size)

    def hold(self, run: Run, share: float) -> None:
        """Bid in phases until nobody wants anything more, or the time of a very large week is over.

        Up to a million or so pairs all phases are held, whatever the clock says: they take a second of work, and prices
        of the first phases alone prove next to nothing.
        """
        scale, most = self.market.scale, _BIDS * max(1, len(self.problem.shifts))
        for phase, points in enumerate(_STEPS):
            if phase and len(self.market.candidates) > _SOON and run.over(share):
                break
            step = max(1, int(points * scale))
            for _ in range(_CUTS if phase else 0):
                cut(*self._bids, step, phase < len(_STEPS) - 2)
            if not phase:
                wake_all(self.facts.week, self.journal.waits, self.journal.marks)
            clear(*self._bids, step, most)

    def wages(self) -> Floats:
        """Points that each slot pays, as the auction ended."""
        wage = np.zeros(self.market.slots, dtype=np.int64)
        closing_wages(*self.facts[:8], *self.hired, self.market.role_slot, wage)
        most = 4 * np.abs(self.facts.fill).max(initial=self.market.scale)
        return np.clip(wage, -most, most) / self.market.scale

    def better(self, prices: Prices, run: Run, share: float, rounds: tuple[float, ...] = _NOTABLE) -> None:
        """Try to give people what they would rather do at the wages, those with most to gain first."""
        facts, hired, scale = self.facts, self.hired, self.market.scale
        for notable in rounds:
            if run.over(share):
                return
            pay_wages(facts.terms, hired.hired, hired.held, self.market.role_slot, prices.wage)
            self._reconsider(prices)
            gains, pairs = self._wishes(prices)
            asking = np.flatnonzero(gains > notable * scale)
            asking = asking[np.argsort(-gains[asking], kind="stable")]
            exchange(*self._trades, asking, pairs, scale // 4)

    def likely(self, prices: Prices, points: float, a_seat: int) -> Bools:
        """The pairs that lose at most so many points at the wages as the plan stands; of many the best of each seat."""
        lost = np.empty(len(self.market.candidates), dtype=np.int32)
        pay_wages(self.facts.terms, self.hired.hired, self.hired.held, self.market.role_slot, prices.wage)
        self._wishes(prices, lost)
        most = max(1, a_seat * int(self.problem.roles.target.sum()))
        last = np.partition(lost, most)[most] if most < len(lost) else points * self.market.scale
        near: Bools = (lost <= points * self.market.scale) & (lost <= max(0, int(last)))
        return near

    def _wishes(self, prices: Prices, lost: Int32s | None = None) -> tuple[Ints, Ints]:
        """What each volunteer would gain by the pair that they would like best, and that pair."""
        facts, people = self.facts, len(self.problem.volunteers)
        gains, pairs = np.zeros(people, dtype=np.int64), np.full(people, -1, dtype=np.int64)
        listed = np.empty(0, dtype=np.int32) if lost is None else lost

        def part(first: int, last: int) -> None:
            wanted(
                *facts[:6], facts.start, facts.mine, self.hired.hired, self.hired.held, self.market.role_slot,
                prices.wage, gains, pairs, listed, first, last,
            )  # fmt: skip

        spread(part, people, self.market.workers)
        return gains, pairs

    def _reconsider(self, prices: Prices) -> None:
        """Close shifts that lose at the wages and open those that would gain."""
        bound = self.problem.shifts.all_or_nothing | (self.market.team > 0)
        running = self.facts.week[:, OPEN] == 1
        wrong = np.flatnonzero(bound & ((prices.profits > 0) ^ running))
        order: Ints = wrong[np.argsort(-prices.profits[wrong], kind="stable")]
        reconsider(*self._trades, order, self.market.scale // 4)

    def rearrange(self, prices: Prices, near: Bools) -> None:
        """Exchange the plan for the best one that a flow over these pairs, and those of the plan, can find."""
        pairs, now = self.market.candidates, self.plan
        here = positions(pairs.start, pairs.role, now.volunteer, now.role)
        near[here] = True
        chosen = np.flatnonzero(near)
        owner = np.searchsorted(pairs.start, chosen, side="right") - 1
        likely = Likely(
            volunteer=owner.astype(np.int64),
            role=pairs.role[chosen].astype(np.int64),
            points=pairs.points[chosen].astype(np.int64),
            worth=pairs.points[chosen] * self.market.scale + prices.wage[self.market.slot[chosen]],
            scale=self.market.scale,
            holds=self.facts.mine[chosen, HOLDS] == 1,
        )
        then = rearranged(self.problem, now, likely, self.market.team)
        if then is not now:
            self.adopt(then)

    def adopt(self, plan: Plan) -> None:
        """Let these be the hires, whatever was before; all of the plan's pairs are candidates."""
        pairs = self.market.candidates
        chosen = positions(pairs.start, pairs.role, plan.volunteer, plan.role)
        replace_all(
            *self.facts[4:7], self.facts.week, self.facts.mine, *self.hired, plan.volunteer, chosen,
            np.ascontiguousarray(self.problem.locked),
        )  # fmt: skip

    @property
    def gained(self) -> int:
        """Points of the plan so far."""
        return int(self.facts.terms[GAINED]) // self.market.scale

    @property
    def plan(self) -> Plan:
        return plan_of(self.problem, self.hired)
