// "This story changed since you read it": what edition this browser saw last is kept in it alone.

import { fetchPart, withoutIds } from "./parts.js";

const story = document.querySelector("[data-story]");
const name = `read:${story?.dataset.story}`;

function seen() {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function remember() {
  try {
    localStorage.setItem(name, JSON.stringify({ edition: story.dataset.edition, at: Date.now() }));
  } catch {
    // Not allowed, or no room: then it is not known what this reader saw.
  }
}

function tell(from) {
  const to = story.dataset.edition;
  const address = `${story.dataset.changes}?from=${from}&to=${to}#difference`;
  const note = document.createElement("p");
  note.className = "note since";
  const words = document.createElement("strong");
  words.textContent = "This story changed since you read it.";
  const link = document.createElement("a");
  link.href = address;
  link.textContent = `Show what changed from edition ${from} to ${to}`;
  note.append(words, " ", link);
  story.querySelector(".story-head").after(note);
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const part = withoutIds(await fetchPart(address.split("#")[0], "#difference"));
      part.querySelector("form")?.remove();
      part.className = "difference since-difference";
      part.tabIndex = -1;
      link.replaceWith();
      note.after(part);
      part.focus();
    } catch {
      location.assign(address);
    }
  });
}

if (story) {
  const before = seen();
  if (before && before.edition !== story.dataset.edition) tell(before.edition);
  remember();
}
