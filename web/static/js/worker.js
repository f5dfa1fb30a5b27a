// The service worker: files by their mark, the volunteer's week when the network is away, and nobody else's page ever.
"use strict";

const FILES = "linli-files-1";
const PAGES = "linli-pages-1";
const WEEK = "/me";
const APART = "/offline";
const READER = "Linli-Reader";
const DOORS = /^\/(sign-in|sign-up|sign-out)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keepApart().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keepWeek().catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});

async function page(request, url) {
  if (request.method !== "GET" && DOORS.test(url.pathname)) await (await caches.open(PAGES)).delete(WEEK);
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return kept(url);
  }
  if (answer.type === "basic") await settle(url, answer);
  return answer;
}

// A page says whose it is: the kept one goes as soon as somebody else, or nobody, is signed in.
async function settle(url, answer) {
  const pages = await caches.open(PAGES);
  const before = await pages.match(WEEK);
  const reader = answer.headers.get(READER) || "";
  if (before && before.headers.get(READER) !== reader) await pages.delete(WEEK);
  if (reader && answer.ok && !answer.redirected && url.pathname === WEEK) await pages.put(WEEK, answer.clone());
}

async function kept(url) {
  const pages = await caches.open(PAGES);
  const week = url.pathname === WEEK ? await pages.match(WEEK) : undefined;
  if (!week) return (await pages.match(APART)) || Response.error();
  const headers = new Headers(week.headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response((await week.text()).replace("<html ", "<html data-offline "), { headers });
}

async function keepWeek() {
  const answer = await fetch(WEEK, { credentials: "same-origin" });
  await settle(new URL(WEEK, self.location), answer);
  if (answer.ok && !answer.redirected) await keepFiles(await answer.text());
}

async function keepApart() {
  const answer = await fetch(APART, { credentials: "omit" }); // nobody's: in the language of the browser
  if (!answer.ok) return;
  const pages = await caches.open(PAGES);
  await pages.put(APART, answer.clone());
  await keepFiles(await answer.text());
}

async function keepFiles(html) {
  const found = html.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g);
  const addresses = new Set([...found].map((match) => match[1].replaceAll("&amp;", "&")));
  await Promise.all([...addresses].map((each) => file(new Request(each), new URL(each, self.location))));
}

async function file(request, url) {
  const files = await caches.open(FILES);
  const before = await files.match(request);
  if (before) return before;
  const answer = await fetch(request);
  if (answer.ok && url.searchParams.has("v")) {
    for (const old of await files.keys()) {
      if (new URL(old.url).pathname === url.pathname) await files.delete(old);
    }
    await files.put(request, answer.clone());
  }
  return answer;
}
