// A page that waits for something long looks again every few seconds, unless somebody is typing or reading with a focus.
"use strict";

setInterval(() => {
  const focused = document.activeElement;
  if (!document.hidden && (!focused || focused === document.body || focused.id === "main")) location.reload();
}, 3000);
