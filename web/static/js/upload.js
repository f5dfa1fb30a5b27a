// A file dropped on the field is chosen; the name is shown by the browser's own control.
"use strict";

document.querySelectorAll("[data-drop]").forEach((place) => {
  const input = place.querySelector("input[type=file]");
  const over = (event, on) => { event.preventDefault(); place.classList.toggle("over", on); };
  place.addEventListener("dragover", (event) => over(event, true));
  place.addEventListener("dragleave", (event) => over(event, false));
  place.addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer.files.length === 1) input.files = event.dataTransfer.files;
  });
});
