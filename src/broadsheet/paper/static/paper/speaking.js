// Speaking about words of the story: a reader selects some, or takes a paragraph, and the form opens
// beneath it. Without this every paragraph has a link to its own form.

import { data, mark, root, text } from "./marks.js";
import { fetchPart } from "./parts.js";

const writePath = document.querySelector("[data-document] form[data-write]")?.getAttribute("action");

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
