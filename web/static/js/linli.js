// What every page gets: focus goes to what needs attention, buttons are pressed once, printing by a button.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // A select or a box that sends its form when it changes; without scripts a button does it.
  document.querySelectorAll("form[data-auto]").forEach((form) => {
    form.querySelectorAll("[data-auto-button]").forEach((button) => { button.hidden = true; });
    form.addEventListener("change", () => form.requestSubmit());
  });

  // A list that a search field narrows.
  document.querySelectorAll("[data-narrows]").forEach((input) => {
    const target = document.getElementById(input.dataset.narrows);
    if (!target) return;
    input.closest(".field").hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const item of target.querySelectorAll("[data-name]")) {
        const chosen = item.querySelector("input:checked");
        item.hidden = !chosen && wanted !== "" && !item.dataset.name.toLowerCase().includes(wanted);
      }
    });
  });
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Where a page says that it can be read offline, let the service worker keep it.
if ("serviceWorker" in navigator && document.querySelector(".offline-mark") && !("offline" in document.documentElement.dataset)) {
  navigator.serviceWorker.register("/worker.js")
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active.postMessage("keep"))
    .catch(() => {});
}
