// A note above the story that it is not what the reader read, with the difference in place on request.

import { fetchPart, withoutIds } from "./parts.js";

/** Make the note; `story` is the element that says the story's editions and where its changes are. */
export function changeNote(story, words, from, to) {
  const address = `${story.dataset.changes}?from=${from}&to=${to}#difference`;
  const note = document.createElement("p");
  note.className = "note since";
  const strong = document.createElement("strong");
  strong.textContent = words;
  const link = document.createElement("a");
  link.href = address;
  link.textContent = `Show what changed from edition ${from} to ${to}`;
  note.append(strong, " ", link);
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
  return note;
}
