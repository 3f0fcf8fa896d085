// Replies folded away beneath a comment, remembered for each story in this browser.

import { bound, keep, recall } from "./memory.js";

const SEASON = 90 * 24 * 3600 * 1000;
const MOST = 100; // stories
const MOST_FOLDS = 200; // of one story

const replies = (count) => `${count} ${count === 1 ? "reply" : "replies"}`;

/** Unfold whatever hides an element. */
export function reveal(element) {
  for (let list = element.closest("ol[hidden]"); list; list = element.closest("ol[hidden]")) {
    const button = document.querySelector(`[aria-controls="${list.id}"]`);
    if (button) button.click();
    if (list.hidden) list.hidden = false;
  }
}

class Folds {
  constructor(discussion, thread) {
    this.thread = thread;
    this.name = `folds:${discussion.dataset.document}`;
    this.folded = new Set(recall(this.name)?.ids ?? []);
  }

  start() {
    bound("folds:", { age: SEASON, most: MOST });
    this.refresh();
    let waiting = null;
    new MutationObserver(() => {
      waiting ??= requestAnimationFrame(() => {
        waiting = null;
        this.refresh();
      });
    }).observe(this.thread, { childList: true, subtree: true });
    this.thread.addEventListener("click", (event) => {
      const button = event.target.closest(".fold");
      if (button) this.#turn(button);
    });
    const shown = () => {
      const target = location.hash.startsWith("#c-") ? document.getElementById(location.hash.slice(1)) : null;
      if (!target?.closest("ol[hidden]")) return;
      reveal(target);
      target.scrollIntoView();
    };
    addEventListener("hashchange", shown);
    shown();
  }

  /** Give each comment that has replies its button, with the number that there are. */
  refresh() {
    for (const list of this.thread.querySelectorAll("li > ol")) {
      const comment = list.parentElement.querySelector(":scope > .comment");
      if (!comment?.id) continue;
      const id = comment.id.slice(2);
      list.id ||= `replies-${id}`;
      let button = comment.querySelector(":scope > .fold, :scope > .acts > .fold");
      if (!button) {
        button = document.createElement("button");
        button.type = "button";
        button.className = "fold";
        button.setAttribute("aria-controls", list.id);
        const acts = comment.querySelector(":scope > .acts");
        if (acts) acts.append(button);
        else comment.append(button);
        list.hidden = this.folded.has(id);
        button.setAttribute("aria-expanded", String(!list.hidden));
      }
      const count = list.querySelectorAll(".comment").length;
      const words = `${list.hidden ? "Show" : "Hide"} ${replies(count)}`;
      if (button.textContent !== words) button.textContent = words;
    }
  }

  #turn(button) {
    const list = document.getElementById(button.getAttribute("aria-controls"));
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
    const id = button.closest(".comment").id.slice(2);
    this.folded.delete(id);
    if (list.hidden) this.folded.add(id);
    keep(this.name, { ids: [...this.folded].slice(-MOST_FOLDS), at: Date.now() });
    this.refresh();
  }
}

export function startFolds(discussion, thread) {
  new Folds(discussion, thread).start();
}
