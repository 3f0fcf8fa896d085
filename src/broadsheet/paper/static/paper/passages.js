// Passages that are talked about: marked in the story and opened in place. Without this the numbers in
// the margin are links.

import { data, mark, root, stretches, text } from "./marks.js";
import { fetchPart, withoutIds } from "./parts.js";
import "./speaking.js";

/* Marks */

function markAll() {
  const { once, often } = stretches(data.passages);
  mark("talked", once);
  mark("talked-often", often);
}

function markActive(id) {
  const passage = data.passages.find(([each]) => String(each) === String(id));
  mark("talked-active", passage ? [[passage[1], passage[2]]] : []);
}

/* Opening a passage in place */

let opened = null;

function close() {
  opened?.element.remove();
  opened?.link.setAttribute("aria-expanded", "false");
  const link = opened?.link;
  opened = null;
  markActive(null);
  return link;
}

async function open(link) {
  const id = link.dataset.passage;
  const isOpen = opened?.id === id;
  close();
  if (isOpen) return;
  const element = document.createElement("aside");
  element.className = "talk-open";
  element.tabIndex = -1;
  element.textContent = "Loading …";
  (link.closest(".block") ?? link.closest("li")).append(element);
  opened = { id, element, link };
  link.setAttribute("aria-expanded", "true");
  markActive(id);
  try {
    const part = await fetchPart(link.getAttribute("href"), "[data-passage-talk]");
    if (opened?.element !== element) return;
    const heading = part.querySelector("h2");
    element.setAttribute("aria-label", heading.textContent);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Close";
    button.addEventListener("click", () => close()?.focus());
    element.replaceChildren(withoutIds(part), button);
    element.focus({ preventScroll: true });
    const { top } = element.getBoundingClientRect();
    if (top > innerHeight - 160) scrollBy(0, top - innerHeight / 2);
  } catch {
    location.assign(link.href);
  }
}

function openById(id) {
  const link = document.getElementById(`p-${id}`);
  const opener = link?.matches("[data-passage]") ? link : link?.querySelector("[data-passage]");
  if (!opener) return false;
  opener.scrollIntoView({ block: "center" });
  if (opened?.id !== String(id)) open(opener);
  return true;
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-passage]");
  if (!link) return;
  event.preventDefault();
  if (link.classList.contains("talk")) open(link);
  else if (openById(link.dataset.passage)) history.replaceState(null, "", `#p-${link.dataset.passage}`);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !opened) return;
  const active = document.activeElement;
  if (active === opened.link || opened.element.contains(active)) close()?.focus();
});
for (const link of document.querySelectorAll("a.talk[data-passage]")) {
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("pointerenter", () => markActive(link.dataset.passage));
  link.addEventListener("pointerleave", () => markActive(opened?.id));
  link.addEventListener("focus", () => markActive(link.dataset.passage));
  link.addEventListener("blur", () => markActive(opened?.id));
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    open(link);
  });
}

/** A tap on marked words opens what is said about them: the shortest passage that covers the place. */
root.addEventListener("click", (event) => {
  if (event.target.closest("a, button, input, textarea, .talk-open, .here-form")) return;
  if (!document.getSelection()?.isCollapsed) return;
  const point = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const range = point ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const [node, offset] = point ? [point.offsetNode, point.offset] : [range?.startContainer, range?.startOffset];
  const place = node ? text.at(node, offset) : null;
  if (place === null) return;
  const covering = data.passages.filter(([, start, end]) => start <= place && place < end);
  covering.sort((a, b) => a[2] - a[1] - (b[2] - b[1]));
  if (covering.length) openById(covering[0][0]);
});

markAll();
const [, wanted] = /^#p-(\d+)$/.exec(location.hash) ?? [];
if (wanted) openById(wanted);
addEventListener("hashchange", () => {
  const [, id] = /^#p-(\d+)$/.exec(location.hash) ?? [];
  if (id) openById(id);
});
