// What is new since the last visit. This browser keeps up to where it saw each discussion; for somebody
// who is signed in the store keeps it too, for their other devices.

import { reveal } from "./folds.js";
import { bound, keep, recall } from "./memory.js";

const SEASON = 90 * 24 * 3600 * 1000;
const MOST = 300; // stories

const numberOf = (comment) => Number(comment.dataset.n);

export class Visits {
  constructor(discussion, thread, own) {
    this.discussion = discussion;
    this.thread = thread;
    this.own = own;
    this.name = `visit:${discussion.dataset.document}`;
    this.before = recall(this.name);
    this.isSeen = false;
  }

  async start() {
    bound("visit:", { age: SEASON, most: MOST });
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      this.isSeen = true;
      this.#remember();
    });
    watch.observe(this.thread);
    addEventListener("pagehide", () => {
      if (this.isSeen) this.#remember();
    });
    const told = await this.own.ask();
    this.isSignedIn = Boolean(told?.signed_in);
    if (told?.visit && told.visit.sequence > (this.before?.n ?? 0)) {
      this.before = { n: told.visit.sequence, comments: told.visit.comments };
    }
    if (this.isSignedIn && this.isSeen) this.#tell();
    this.mark();
  }

  /** Mark what came after the last visit, and offer the way from one to the next. */
  mark() {
    if (!this.before) return;
    const fresh = [...this.thread.querySelectorAll(".comment[data-n]:not(.tombstone)")].filter(
      (comment) => numberOf(comment) > this.before.n && !this.own.has(comment.id.slice(2)),
    );
    for (const comment of fresh) this.#dress(comment);
    const all = Number(this.discussion.dataset.comments) - this.before.comments;
    if (!fresh.length) return;
    this.#bar(fresh.length, Math.max(all, fresh.length));
  }

  #dress(comment) {
    if (comment.querySelector(".new-mark")) return;
    const mark = document.createElement("button");
    mark.type = "button";
    mark.className = "new-mark";
    mark.textContent = "New";
    const rest = document.createElement("span");
    rest.className = "vh";
    rest.textContent = ": go to the next new comment";
    mark.append(rest);
    mark.addEventListener("click", () => this.#next(comment));
    comment.querySelector("h3").append(" ", mark);
  }

  /** Lead to the next new comment after one, or to the first; after the last to the bar. */
  #next(after = null) {
    this.isSeen = true;
    const marks = [...this.thread.querySelectorAll(".new-mark")];
    const next = marks[after ? marks.indexOf(after.querySelector(".new-mark")) + 1 : 0];
    const comment = next?.closest(".comment");
    if (!comment) {
      this.button.focus();
      return;
    }
    reveal(comment);
    comment.tabIndex = -1;
    comment.focus();
  }

  #bar(here, all) {
    this.bar ??= document.createElement("p");
    this.bar.className = "new-since";
    const words = document.createElement("span");
    words.textContent = `${all} new since your last visit${all > here ? `, ${here} of them on this page` : ""}.`;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.textContent = "Next new";
    this.button.addEventListener("click", () => this.#next());
    this.bar.replaceChildren(words, " ", this.button);
    this.thread.before(this.bar);
  }

  #remember() {
    const shown = [...this.thread.querySelectorAll(".comment[data-n]")].map(numberOf);
    const n = Math.max(Number(this.discussion.dataset.sequence), ...shown);
    this.now = { n, comments: Number(this.discussion.dataset.comments), at: Date.now() };
    if (n >= (recall(this.name)?.n ?? 0)) keep(this.name, this.now);
    if (this.isSignedIn) this.#tell();
  }

  #tell() {
    const seen = new URLSearchParams({ sequence: this.now.n, comments: this.now.comments });
    fetch(this.discussion.dataset.mine, { method: "POST", body: seen, keepalive: true }).catch(() => {
      // The other devices are told the next time.
    });
  }
}
