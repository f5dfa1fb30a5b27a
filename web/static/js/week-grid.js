// Times on a week grid: drag paints, arrow keys move, and only one box of the grid is in the tab order.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-week-grid]").forEach((grid) => {
    const rows = [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);
    const boxes = rows.flat();
    if (!boxes.length) return;
    boxes.forEach((box) => { box.tabIndex = -1; });
    boxes[0].tabIndex = 0;

    const go = (box) => {
      boxes.forEach((each) => { each.tabIndex = -1; });
      box.tabIndex = 0;
      box.focus();
    };
    const place = (box) => {
      const row = rows.findIndex((each) => each.includes(box));
      return [row, rows[row].indexOf(box)];
    };
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    grid.addEventListener("keydown", (event) => {
      const step = steps[event.key];
      if (!step || !boxes.includes(event.target)) return;
      event.preventDefault();
      const [row, column] = place(event.target);
      const next = rows[row + step[0]]?.[column + step[1]];
      if (next) go(next);
    });

    // Painting: what the first box becomes, all that are touched become.
    let painting = null;
    let moved = false;
    grid.addEventListener("pointerdown", (event) => {
      if (!boxes.includes(event.target)) return;
      painting = !event.target.checked;
      moved = false;
      event.target.releasePointerCapture?.(event.pointerId);
    });
    grid.addEventListener("pointermove", (event) => {
      if (painting === null || event.pointerType === "touch" && !moved && Math.abs(event.movementX) < Math.abs(event.movementY)) return;
      const box = document.elementFromPoint(event.clientX, event.clientY);
      if (box && boxes.includes(box) && box.checked !== painting) {
        moved = true;
        box.checked = painting;
      }
    });
    grid.addEventListener("click", (event) => {
      if (moved && boxes.includes(event.target)) event.preventDefault();
    });
    addEventListener("pointerup", () => { painting = null; });

    const quick = grid.querySelector("[data-quick]");
    quick.hidden = false;
    const wanted = {
      evenings: (day, hour) => day < 5 && hour >= 18,
      weekend: (day) => day >= 5,
      mornings: (day, hour) => hour >= 8 && hour < 12,
    };
    quick.addEventListener("click", (event) => {
      const pick = event.target.closest("[data-quick-pick]");
      if (!pick) return;
      for (const box of boxes) {
        const [day, hour] = box.value.split("-").map(Number);
        if (pick.dataset.quickPick === "none") box.checked = false;
        else if (wanted[pick.dataset.quickPick](day, hour)) box.checked = true;
      }
    });
  });
});
