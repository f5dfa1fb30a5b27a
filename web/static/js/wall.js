// A wall screen renews itself every minute without a flicker: the new figures are put in the place of the old.
"use strict";

setInterval(async () => {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("wall");
    if (next) document.getElementById("wall").replaceWith(next);
  } catch { /* the network is away: what is shown says when it was counted */ }
}, 60000);
