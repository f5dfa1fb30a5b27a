// One more role: the last group is copied with the next number; without scripts one role a need is what the form has.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-add-role]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const groups = document.querySelectorAll("[data-role]");
    const last = groups[groups.length - 1];
    const number = groups.length;
    const copy = last.cloneNode(true);
    const rename = (text) => text.replace(/^roles([.-])\d+/, `roles$1${number}`);
    copy.querySelectorAll("[name], [id], [for], [aria-describedby]").forEach((each) => {
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        if (each.hasAttribute(name)) each.setAttribute(name, rename(each.getAttribute(name)));
      }
      if (each.type === "checkbox") each.checked = false;
      else if (each.tagName === "INPUT") each.value = "";
    });
    copy.querySelectorAll(".complaint").forEach((each) => each.remove());
    copy.querySelectorAll("details").forEach((each) => { each.open = false; });
    const legend = copy.querySelector("legend");
    legend.textContent = legend.textContent.replace(/\d+/, String(number + 1));
    last.after(copy);
    copy.querySelector("input").focus();
    button.hidden = groups.length >= 7;
  });
});

// How many could come, asked a moment after typing stops; the newest question has the last word.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-forecast-url]");
  const place = document.querySelector("[data-forecast]");
  if (!form || !place) return;
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const number = ++asked;
    try {
      const answer = await fetch(form.dataset.forecastUrl, { method: "POST", body: new FormData(form) });
      if (!answer.ok || number !== asked) return;
      const { text } = await answer.json();
      place.textContent = text;
      place.hidden = text === "";
    } catch { /* offline: the form works without it */ }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 500); });
  ask();
});

// The map of the neighbourhoods: a tap chooses one, a choice shows it. The list beside it does the same without a map.
document.addEventListener("DOMContentLoaded", () => {
  const map = document.querySelector("[data-pins]");
  const list = document.getElementById("unit_code");
  if (!map || !list) return;
  const show = () => map.querySelectorAll("g").forEach((pin) => pin.classList.toggle("chosen", pin.dataset.code === list.value));
  map.classList.add("live");
  map.addEventListener("click", (event) => {
    const pin = event.target.closest("g[data-code]");
    if (!pin) return;
    list.value = pin.dataset.code;
    list.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  });
  list.addEventListener("input", show);
  show();
});
