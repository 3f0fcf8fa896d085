// "This story changed since you read it": what edition this browser saw last is kept in it alone.

import { changeNote } from "./difference.js";

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

if (story) {
  const before = seen();
  if (before && before.edition !== story.dataset.edition) {
    const note = changeNote(story, "This story changed since you read it.", before.edition, story.dataset.edition);
    story.querySelector(".story-head").after(note);
  }
  remember();
}
