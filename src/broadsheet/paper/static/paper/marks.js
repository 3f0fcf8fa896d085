// The words of the story that are marked: by the CSS Custom Highlight API, or, where a browser does not
// know it, by elements.

import { StoryText } from "./blocks.js";

export const root = document.querySelector("[data-text]");
export const data = JSON.parse(document.getElementById("passages").textContent);
export const text = new StoryText(root, data.blocks);

/** Cut passages into stretches that are covered once, and stretches covered more than once. */
export function stretches(passages) {
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
export function mark(name, places) {
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

