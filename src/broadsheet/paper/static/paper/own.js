// What is the reader's own on a page that is the same for everybody: asked apart, once this browser has
// written or reacted here, or is signed in.

import { clearErrors, send, showChanged, showErrors, showHeld, showPreview, tellOnce } from "./forms.js";
import { beKnown, isKnown } from "./memory.js";
import { fetchPart } from "./parts.js";
import { showGiven } from "./reacting.js";
import { trusted } from "./trusted.js";

const LOST = "The page could not be reached. Your words are kept here; please try again.";

export class Own {
  constructor(discussion) {
    this.discussion = discussion;
    this.comments = new Set();
    this.marks = [];
    this.told = null;
  }

  /** Ask what is one's own; `null` for a browser that is not known here. */
  ask() {
    if (!isKnown()) return Promise.resolve(null);
    this.told ??= this.#ask();
    return this.told;
  }

  async #ask() {
    try {
      const answer = await fetch(this.discussion.dataset.mine, { headers: { Accept: "application/json" } });
      if (!answer.ok) return null;
      const told = await answer.json();
      for (const id of told.comments) this.comments.add(id);
      this.given = told.given;
      this.marks = told.marks;
      this.dress();
      for (const held of told.held) this.#showHeld(held);
      return told;
    } catch {
      return null;
    }
  }

  has(id) {
    return this.comments.has(Number(id));
  }

  /** A comment was just posted from here; of a question its writer may mark the answer. */
  add(id, isQuestion) {
    beKnown();
    this.comments.add(Number(id));
    if (isQuestion && this.marks !== "all") this.marks.push(Number(id));
    this.dress();
  }

  /** Give the comments on the page the controls that their writer has, and what was said of them. */
  dress() {
    for (const comment of this.discussion.querySelectorAll(".comment[id]:not(.tombstone)")) {
      const id = Number(comment.id.slice(2));
      const acts = comment.querySelector(":scope > .acts");
      if (acts) this.#offerMark(comment, acts, id);
      if (!acts || acts.dataset.dressed) continue;
      if (this.comments.has(id)) {
        acts.dataset.dressed = "own";
        for (const form of acts.querySelectorAll("[data-react]")) form.hidden = true;
        acts.querySelector(".acts-more").before(link(`/c/${id}/edit/`, "Edit", "edit"), link(`/c/${id}/delete/`, "Delete", "delete"));
      } else if (this.given?.[id]) {
        acts.dataset.dressed = "given";
        for (const kind of this.given[id]) {
          const form = acts.querySelector(`[action="/c/${id}/${kind}/"]`);
          if (form) showGiven(form, true);
        }
      }
    }
  }

  /** Let who asked, and the story’s author, say which reply answers a question. */
  #offerMark(comment, acts, id) {
    const asked = Number(acts.querySelector("[data-asked]")?.dataset.asked);
    const may = asked && (this.marks === "all" || this.marks.includes(asked));
    if (!may || acts.querySelector("[data-answer]")) return;
    const isMarked = Boolean(comment.querySelector("h3 .answers-above"));
    const form = document.createElement("form");
    form.method = "post";
    form.action = `/c/${id}/answer/`;
    form.dataset.answer = "";
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "do";
    field.value = isMarked ? "unmark" : "mark";
    const button = document.createElement("button");
    button.textContent = isMarked ? "Take the mark away" : "Mark as the answer";
    form.append(field, button);
    acts.querySelector(".acts-more").before(form);
  }

  #showHeld({ id, parent, html }) {
    if (document.getElementById(`held-${id}-h`)) return;
    const holder = document.createElement("div");
    holder.innerHTML = trusted(html);
    const answered = parent ? document.getElementById(`c-${parent}`) : null;
    if (answered) answered.after(holder.firstElementChild);
    else this.discussion.querySelector("[data-write]")?.before(holder.firstElementChild);
  }
}

function link(href, words, act) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = words;
  made.rel = "nofollow";
  made.dataset.own = act;
  return made;
}

/** Change a comment where it stands. */
export function heedEdits(discussion, own) {
  discussion.addEventListener("click", async (event) => {
    const link = event.target.closest('[data-own="edit"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const comment = link.closest(".comment");
    if (comment.querySelector("[data-edit]")) return;
    try {
      const form = await fetchPart(link.getAttribute("href"), "[data-edit]");
      open(comment, form, link, own);
    } catch {
      location.assign(link.href);
    }
  });
}

function open(comment, form, link, own) {
  const said = comment.querySelector(".said");
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  form.querySelector(".row").append(cancel);
  said.hidden = true;
  said.after(form);
  const close = () => {
    form.remove();
    said.hidden = false;
    link.focus();
  };
  cancel.addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button.main");
    try {
      const { ok, body } = await send(form, button, "");
      if (button.value !== "preview") tellOnce(form, body.was_told);
      clearErrors(form);
      if (!ok) {
        showChanged(form, body);
        showErrors(form, body.errors ?? { text: LOST });
      } else if (button.value === "preview") {
        showPreview(form, body.html);
      } else if (body.held) {
        showHeld(form, body.html);
        form.remove();
        said.hidden = false;
      } else {
        put(comment, body.html, own);
      }
    } catch {
      showErrors(form, { text: LOST });
    }
  });
  form.elements.namedItem("text").focus();
}

/** Delete a comment where it stands, once its writer was told what that means. */
export function heedDeletions(discussion, own) {
  discussion.addEventListener("click", async (event) => {
    const link = event.target.closest('[data-own="delete"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const comment = link.closest(".comment");
    if (comment.querySelector("[data-delete]")) return;
    try {
      ask(discussion, comment, await fetchPart(link.getAttribute("href"), "[data-delete]"), link, own);
    } catch {
      location.assign(link.href);
    }
  });
}

function ask(discussion, comment, question, link, own) {
  const close = () => {
    question.remove();
    link.focus();
  };
  comment.querySelector(":scope > .acts").after(question);
  question.querySelector("[data-keep]").addEventListener("click", (event) => {
    event.preventDefault();
    close();
  });
  question.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  question.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? question.querySelector("button");
    question.querySelector(".error")?.remove();
    try {
      const { ok, body } = await send(event.target, button, "");
      if (!ok) throw new Refusal(body.errors?.text);
      const next = besides(discussion, comment);
      replace(comment, body.html, own);
      discussion.querySelector("[data-status]").textContent = "Your comment is deleted.";
      next.tabIndex = -1;
      next.focus();
    } catch (trouble) {
      const error = document.createElement("p");
      error.className = "error";
      error.setAttribute("role", "alert");
      error.textContent = (trouble instanceof Refusal && trouble.message) || "This did not work. Please try again.";
      event.target.append(error);
    }
  });
  // Named by what it says, so that whoever comes here by focus hears it before the button.
  question.tabIndex = -1;
  question.focus();
}

class Refusal extends Error {}

/** Return what is read after a comment: the next one, or the one before, or the head of the thread. */
function besides(discussion, comment) {
  const all = [...discussion.querySelectorAll("[data-thread] .comment")].filter((each) => each.checkVisibility());
  const place = all.indexOf(comment);
  return all[place + 1] ?? all[place - 1] ?? document.getElementById("discussion-heading");
}

/** Put a comment as it stands now in the place of what is shown. */
export function put(comment, html, own) {
  const now = replace(comment, html, own);
  now.tabIndex = -1;
  now.focus();
}

function replace(comment, html, own) {
  const holder = document.createElement("div");
  holder.innerHTML = trusted(html);
  const now = holder.firstElementChild;
  comment.replaceWith(now);
  own?.dress();
  return now;
}
