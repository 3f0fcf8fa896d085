// Passages that are talked about: marked in the story, opened in place; and a way to speak about
// words that a reader selects. Without this the numbers in the margin are links, and every paragraph
// has one to its own form.

import { StoryText } from "./blocks.js";
import { fetchPart, withoutIds } from "./parts.js";

const root = document.querySelector("[data-text]");
const data = JSON.parse(document.getElementById("passages").textContent);
const text = new StoryText(root, data.blocks);
const writePath = document.querySelector("[data-document] form[data-write]")?.getAttribute("action");

/* Marks */

/** Cut passages into stretches that are covered once, and stretches covered more than once. */
function stretches(passages) {
  const cuts = [...new Set(passages.flatMap(([, start, end]) => [start, end]))].sort((a, b) => a - b);
  const once = [];
  const often = [];
  for (let place = 0; place + 1 < cuts.length; place += 1) {
    const [from, to] = [cuts[place], cuts[place + 1]];
    const covering = passages.filter(([, start, end]) => start <= from && to <= end).length;
    if (covering === 1) once.push([from, to]);
    if (covering > 1) often.push([from, to]);
  }
  return { once, often };
}

const hasHighlights = "highlights" in CSS && typeof Highlight === "function";

/** Mark places under a name; what was marked under it before is not any more. */
function mark(name, places) {
  const ranges = places.flatMap(([from, to]) => text.ranges(from, to));
  if (hasHighlights) {
    CSS.highlights.set(name, new Highlight(...ranges));
    return;
  }
  for (const old of root.querySelectorAll(`mark.${name}`)) old.replaceWith(...old.childNodes);
  root.normalize();
  text.refresh();
  // From the end, so that the offsets of those before stay true.
  for (const range of places.flatMap(([from, to]) => text.ranges(from, to)).reverse()) wrap(range, name);
  text.refresh();
}

/** Put a mark around each piece of text in a range: the fallback where highlights are not known. */
function wrap(range, name) {
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  const pieces = [];
  if (range.commonAncestorContainer.nodeType === Node.TEXT_NODE) pieces.push(range.commonAncestorContainer);
  while (walker.nextNode()) if (range.intersectsNode(walker.currentNode)) pieces.push(walker.currentNode);
  for (const node of pieces) {
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    if (from >= to) continue;
    const rest = node.splitText(from);
    rest.splitText(to - from);
    const element = document.createElement("mark");
    element.className = name;
    rest.replaceWith(element);
    element.append(rest);
  }
}

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

/* Speaking about selected words */

let bar = null;
let chosen = null;

function address(kind) {
  const query = new URLSearchParams({ edition: data.edition, start: chosen.start, exact: chosen.words });
  return `${kind === "propose" ? writePath.replace(/comment\/$/, "propose/") : writePath}?${query}`;
}

/** A link that finds the words in the page, for any browser that knows text fragments. */
function fragment() {
  const encode = (words) => encodeURIComponent(words).replace(/-/g, "%2D");
  const words = chosen.words.split(/\s+/);
  const isLong = words.length > 10 || chosen.words.includes("\n");
  const said = isLong ? `${encode(words.slice(0, 4).join(" "))},${encode(words.slice(-4).join(" "))}` : encode(chosen.words);
  return `${location.origin}${location.pathname}#:~:text=${said}`;
}

function button(label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  // The selection is kept while the button is pressed.
  element.addEventListener("pointerdown", (event) => event.preventDefault());
  element.addEventListener("click", () => act(element));
  return element;
}

function makeBar() {
  const element = document.createElement("div");
  element.className = "speak";
  element.setAttribute("role", "toolbar");
  element.setAttribute("aria-label", "About the selected words");
  element.append(
    button("Comment on this", () => write("comment")),
    button("Propose a correction", () => write("propose")),
    button("Copy link", async (pressed) => {
      try {
        await navigator.clipboard.writeText(fragment());
        pressed.textContent = "Link copied";
      } catch {
        location.assign(fragment());
      }
    }),
  );
  return element;
}

function hideBar() {
  bar?.remove();
  bar = null;
}

function showBar(range) {
  hideBar();
  bar = makeBar();
  // It stands after the paragraph in the page's order, so that Tab leads there from the selection.
  (chosen.block.element.closest(".block") ?? root).append(bar);
  if (matchMedia("(pointer: coarse)").matches || innerWidth < 640) {
    bar.classList.add("speak-low");
    return;
  }
  const block = bar.parentElement.getBoundingClientRect();
  const box = range.getBoundingClientRect();
  const left = Math.min(Math.max(box.left - block.left, 0), Math.max(block.width - bar.offsetWidth, 0));
  bar.style.setProperty("left", `${left}px`);
  bar.style.setProperty("top", `${box.bottom - block.top + 6}px`);
}

let waiting = 0;

document.addEventListener("selectionchange", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const selection = document.getSelection();
    if (!writePath || !selection || selection.rangeCount === 0) return;
    if (bar?.contains(document.activeElement)) return;
    const range = selection.getRangeAt(0);
    const isHere = !range.collapsed && range.intersectsNode(root) && !selection.anchorNode?.parentElement?.closest(".talk-open, .here-form, .beside");
    const found = isHere ? text.select(range) : null;
    if (!found) {
      hideBar();
      return;
    }
    chosen = found;
    showBar(range);
  }, 150);
});

let form = null;

/** Open the form for the chosen words beneath their paragraph; the page is not left. */
async function write(kind) {
  const place = address(kind);
  const block = chosen.block.element.closest(".block");
  const passage = [[chosen.start, chosen.end]];
  hideBar();
  form?.close();
  await showForm(place, block, passage);
}

async function showForm(place, block, passage) {
  const element = document.createElement("section");
  element.className = "here-form";
  element.setAttribute("aria-label", place.includes("/propose/") ? "Propose a correction" : "Comment on this passage");
  element.textContent = "Loading …";
  block.append(element);
  mark("talked-active", passage);
  const close = () => {
    element.remove();
    mark("talked-active", []);
    form = null;
  };
  form = { close };
  try {
    const found = await fetchPart(place, "form.write");
    const heading = document.createElement("h3");
    heading.textContent = element.getAttribute("aria-label");
    for (const labelled of found.querySelectorAll("[id]")) {
      const old = labelled.id;
      labelled.id = `here-${old}`;
      for (const label of found.querySelectorAll(`label[for="${old}"]`)) label.htmlFor = labelled.id;
    }
    for (const described of found.querySelectorAll("[aria-describedby]")) {
      const ids = described.getAttribute("aria-describedby").split(" ");
      described.setAttribute("aria-describedby", ids.map((id) => `here-${id}`).join(" "));
    }
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.textContent = "Cancel";
    cancel.addEventListener("click", () => {
      close();
      block.querySelector(".par")?.focus();
    });
    found.querySelector(".row").append(cancel);
    found.querySelector(".instead a")?.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      form?.close();
      showForm(event.target.getAttribute("href"), block, passage);
    });
    element.replaceChildren(heading, found);
    const { send } = await import("./sending.js");
    send(found);
    const first = found.elements.namedItem(place.includes("/propose/") ? "replacement" : "text");
    first.focus();
    first.select();
  } catch {
    location.assign(place);
  }
}

/** The sign at each paragraph opens the form in place too. */
root.addEventListener("click", (event) => {
  const link = event.target.closest("a.par");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form?.close();
  const block = text.blocks.find(({ id }) => id === link.dataset.block);
  showForm(link.getAttribute("href"), link.closest(".block"), block ? [[block.start, block.end]] : []);
});

markAll();
const [, wanted] = /^#p-(\d+)$/.exec(location.hash) ?? [];
if (wanted) openById(wanted);
addEventListener("hashchange", () => {
  const [, id] = /^#p-(\d+)$/.exec(location.hash) ?? [];
  if (id) openById(id);
});
