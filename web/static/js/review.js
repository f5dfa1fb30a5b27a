// One key a decision: S same, D different, L later. Not while somebody types.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const key = event.key.toLowerCase();
  const button = key === "l" ? document.querySelector("[data-later]") : document.querySelector(`[data-decide] [aria-keyshortcuts="${key}"]`);
  if (button && /^[sdl]$/.test(key)) {
    event.preventDefault();
    button.click();
  }
});
