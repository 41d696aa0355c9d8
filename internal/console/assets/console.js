"use strict";
// What a page does beyond showing: it is kept up to date, keys move in it, and commands are copied.

// sync makes one element what another is, and leaves alone what is as it was: what is
// open stays so, and so does what somebody is typing.
function sync(old, now) {
  if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName) {
    old.replaceWith(now);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== now.data) old.data = now.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value && !(name === "value" && old === document.activeElement)) old.setAttribute(name, value);
  }
  syncChildren(old, now);
}

function syncChildren(old, now) {
  const keyed = new Map();
  for (const child of old.children) if (child.dataset && child.dataset.key) keyed.set(child.dataset.key, child);
  let at = old.firstChild;
  for (const child of [...now.childNodes]) {
    const key = child.dataset && child.dataset.key;
    if (key) {
      const known = keyed.get(key);
      if (known && known !== at) old.insertBefore(known, at);
      if (known) {
        keyed.delete(key);
        at = known.nextSibling;
        sync(known, child);
        continue;
      }
      old.insertBefore(child, at);
      continue;
    }
    while (at && at.dataset && at.dataset.key && keyed.has(at.dataset.key)) {
      const next = at.nextSibling;
      keyed.delete(at.dataset.key);
      at.remove();
      at = next;
    }
    if (!at) {
      old.append(child);
      continue;
    }
    const next = at.nextSibling;
    sync(at, child);
    at = next;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// copy hands on what stands before a button. Without a clipboard there are no such buttons.
async function copy(button) {
  await navigator.clipboard.writeText(button.previousElementSibling.textContent);
  button.textContent = "Copied";
}

// follow shows what the server sends of the page, one block for each time that the
// browser draws. Who does not look has no connection.
function follow(live) {
  let source, waiting;
  const draw = () => {
    const now = document.createElement("div");
    now.innerHTML = waiting;
    waiting = undefined;
    // A field or a command that somebody has open is left alone until it is not any more.
    if (live.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
    if (live.querySelector("details.shell[open]")) return;
    syncChildren(live, now);
    live.dataset.drawn = 1 + Number(live.dataset.drawn || 0);
  };
  const open = () => {
    if (document.hidden || source) return;
    source = new EventSource(location.pathname + location.search);
    source.onmessage = (event) => {
      if (waiting === undefined) requestAnimationFrame(draw);
      waiting = event.data;
    };
  };
  const close = () => {
    if (source) source.close();
    source = undefined;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  open();
}

function moveInTable(event) {
  const table = event.target.closest && event.target.closest("table[data-rows]");
  if (!table || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
  const row = event.target.closest("tr");
  const at = links.findIndex((link) => row && row.contains(link));
  const to = links[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!to) return;
  event.preventDefault();
  to.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const search = document.querySelector("main input[type=search]") || document.getElementById("search");
  if (event.key === "/" && search && !event.target.matches("input, select, textarea")) {
    event.preventDefault();
    search.focus();
    return;
  }
  moveInTable(event);
});

if (navigator.clipboard) {
  document.documentElement.classList.add("copies");
  document.addEventListener("click", (event) => {
    if (event.target.matches("button.copy")) copy(event.target);
  });
}
// keep remembers a choice for the viewer of the documents, where the browser lets it.
function keep(name, value) {
  try {
    localStorage.setItem("finhub-sandbox." + name, value);
  } catch {
    // It goes without.
  }
}
const tenantField = document.getElementById("tenant");
if (tenantField && location.pathname.includes("/tenants/")) keep("tenant", tenantField.defaultValue);

const live = document.getElementById("live");
if (live && "EventSource" in window) follow(live);
