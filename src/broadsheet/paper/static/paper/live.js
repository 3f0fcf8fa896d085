// What arrives while a story is read: one quiet button for new replies, counts, and a note when there is
// a new edition. Nothing moves until the reader asks.

import { changeNote } from "./difference.js";
import { fetchPart } from "./parts.js";
import { place } from "./placing.js";
import { showTally } from "./reacting.js";
import { Wire } from "./wire.js";

const SAY_EVERY = 15_000; // milliseconds between two announcements
const SENDING = 300; // milliseconds after which it is looked again whether the reader's own comment is sent

const VERBS = { correction: "was corrected", clarification: "was clarified", retraction: "was retracted" };

const discussion = document.querySelector("[data-live]");
const thread = discussion?.querySelector("[data-thread]");
const status = discussion?.querySelector("[data-status]");
const story = document.querySelector("[data-story]");

const replies = (count, more) => `${count}${more ? " or more" : ""} new ${count === 1 ? "reply" : "replies"}`;

/** Says what happened to those who do not see it, not more often than they can bear. */
class Announcer {
  constructor(region) {
    this.region = region;
    this.waiting = new Map();
    this.saidAt = -Infinity;
  }

  /** Say words about a matter; later words about the same take their place. */
  say(matter, words) {
    if (words) this.waiting.set(matter, words);
    else this.waiting.delete(matter);
    this.timer ??= setTimeout(() => this.#speak(), Math.max(0, this.saidAt + SAY_EVERY - performance.now()));
  }

  #speak() {
    this.timer = null;
    if (!this.waiting.size) return;
    this.region.textContent = [...this.waiting.values()].join(" ");
    this.waiting.clear();
    this.saidAt = performance.now();
  }
}

class Arrivals {
  constructor(announcer) {
    this.announcer = announcer;
    this.after = Number(discussion.dataset.sequence);
    this.until = this.after;
    this.waiting = new Set();
    this.count = Number(discussion.dataset.comments);
    this.box = document.createElement("p");
    this.box.className = "arrivals";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.addEventListener("click", () => this.show());
  }

  /** Note that a comment was posted. */
  note(id, count, number) {
    this.waiting.add(id);
    this.until = number;
    this.#counted(count);
    this.#offer();
  }

  /** Find out which comments were posted, when only their number is known. */
  async find(count, number) {
    this.until = number;
    if (count === this.count) return;
    this.#counted(count);
    await this.#seek();
  }

  async #seek() {
    try {
      const { ids, next } = await this.#fetch();
      for (const id of ids) this.waiting.add(id);
      this.hasMore = Boolean(next);
      this.#offer();
    } catch {
      // The next event asks again.
    }
  }

  #counted(count) {
    this.count = count;
    const words = `${count} comment${count === 1 ? "" : "s"}`;
    for (const element of document.querySelectorAll("[data-count]")) element.textContent = words;
  }

  async #fetch() {
    const part = await fetchPart(`${discussion.dataset.since}${this.after}/${this.until}/`, "[data-arrivals]");
    const items = [...part.children];
    return { items, ids: items.map((item) => Number(item.dataset.comment)), next: Number(part.dataset.next) || 0 };
  }

  /** Offer what is not on the page yet. The reader's own comment is, when it was answered. */
  #offer() {
    clearTimeout(this.timer);
    if (discussion.querySelector("form[data-write] button:disabled")) {
      // It is on its way; whether an event tells of it is known when the answer has come.
      this.timer = setTimeout(() => this.#offer(), SENDING);
      return;
    }
    for (const id of this.waiting) if (document.getElementById(`c-${id}`)) this.waiting.delete(id);
    const count = this.waiting.size;
    if (!count) {
      this.button.remove();
      this.announcer.say("replies", "");
      return;
    }
    this.button.textContent = replies(count, this.hasMore);
    if (!this.button.isConnected) {
      this.box.replaceChildren(this.button);
      (discussion.querySelector("[data-next]") ?? thread).after(this.box);
    }
    this.announcer.say("replies", `${replies(count, this.hasMore)}.`);
  }

  /** Put the new comments where they belong and lead to the first. */
  async show() {
    if (this.button.ariaBusy === "true") return;
    this.button.ariaBusy = "true";
    try {
      const { until } = this;
      const { items, next } = await this.#fetch();
      this.after = next || until;
      const placed = [];
      const elsewhere = [];
      for (const item of items) {
        const { comment, parent, level } = item.dataset;
        this.waiting.delete(Number(comment));
        if (document.getElementById(`c-${comment}`)) continue;
        if (parent && !document.getElementById(`c-${parent}`)) elsewhere.push(comment);
        else placed.push(place(thread, item, { parent, level: Number(level) }));
      }
      // What was told of and is not there any more was taken back meanwhile.
      if (!next && this.until === until) this.waiting.clear();
      this.hasMore = Boolean(next);
      discussion.querySelector("[data-empty]")?.remove();
      this.button.remove();
      this.#pointElsewhere(elsewhere);
      status.textContent = `${placed.length} new ${placed.length === 1 ? "comment" : "comments"} shown.`;
      (placed[0] ?? this.box.querySelector("a") ?? heading()).focus();
      if (next) await this.#seek();
      else this.#offer();
    } catch {
      status.textContent = "The new replies could not be loaded. Please try again.";
    } finally {
      this.button.ariaBusy = "false";
    }
  }

  /** Lead to replies whose parent stands on another page of the thread. */
  #pointElsewhere(ids) {
    if (!ids.length) return;
    const link = document.createElement("a");
    link.href = `/c/${ids[0]}/`;
    link.textContent = ids.length === 1 ? "A new reply stands elsewhere in the thread" : `${ids.length} new replies stand elsewhere in the thread: the first`;
    this.box.replaceChildren(link);
    if (!this.box.isConnected) (discussion.querySelector("[data-next]") ?? thread).after(this.box);
  }
}

/** Where the focus goes when there was nothing to show. */
function heading() {
  const found = document.getElementById("discussion-heading");
  found.tabIndex = -1;
  return found;
}

const TAKEN_BY = { writer: "Deleted by its writer.", moderator: "Removed by a moderator.", editor: "Removed by an editor." };

/** Take the words and the name of a removed comment from the page; the reason stands there when it is
 * loaded anew. */
function takeAway(id, by) {
  const comment = document.getElementById(`c-${id}`);
  const words = comment?.querySelector(".said");
  // Whoever deletes a comment here sees its tombstone before the event of it.
  if (!words || comment.classList.contains("tombstone")) return;
  words.textContent = TAKEN_BY[by] ?? "Removed by the publication.";
  comment.classList.add("tombstone");
  for (const part of comment.querySelectorAll("h3 .who, h3 .mark, h3 .also, h3 .disclosure, .interest, .acts, .about")) part.remove();
  const who = document.createElement("span");
  who.className = "who unknown";
  who.textContent = "Removed comment";
  comment.querySelector("h3").prepend(who, " ");
}

/** Offer to show a comment as it stands now; the words that are read stay until the reader asks. */
function offerAnew(id, words, number) {
  const comment = document.getElementById(`c-${id}`);
  if (!comment?.dataset.n || comment.classList.contains("tombstone")) return;
  comment.querySelector(":scope > .anew")?.remove();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "anew";
  button.textContent = words;
  button.addEventListener("click", async () => {
    const n = Number(comment.dataset.n);
    try {
      const now = await fetchPart(`${discussion.dataset.since}${n - 1}/${n}/?seen=${number}`, `#c-${id}`);
      comment.replaceWith(now);
      now.tabIndex = -1;
      now.focus();
    } catch {
      status.textContent = "The comment could not be loaded. Please try again.";
    }
  });
  comment.querySelector("h3").after(button);
}

/** Say where a removed comment stood that it can be read again; its words come with the page. */
function tellRestored(id) {
  const words = document.querySelector(`#c-${id}.tombstone .said`);
  if (!words) return;
  const link = document.createElement("a");
  link.href = `/c/${id}/`;
  link.textContent = "Load the page anew to read it.";
  words.replaceChildren("This comment was restored. ", link);
}

/** A note above the story that there is another edition than the one that is read. */
class Editions {
  constructor(announcer) {
    this.announcer = announcer;
    this.shown = Number(story.dataset.edition);
  }

  tell(edition, kind) {
    if (edition === this.shown) return;
    this.shown = edition;
    // Of several editions the gravest word stays: that it was corrected is not undone by a later one.
    this.words = VERBS[kind] ?? this.words ?? "has a new edition";
    const words = `This story ${this.words}.`;
    this.#put(changeNote(story, words, story.dataset.edition, edition));
    this.announcer.say("edition", words);
  }

  tellWithdrawn() {
    const note = document.createElement("p");
    note.className = "note since";
    const words = document.createElement("strong");
    words.textContent = "This story was withdrawn.";
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "Load the page anew";
    note.append(words, " ", link);
    this.#put(note);
    this.announcer.say("edition", words.textContent);
  }

  #put(note) {
    this.note?.remove();
    this.note = note;
    story.querySelector(".story-head").after(note);
  }
}

function begin() {
  const announcer = new Announcer(status);
  const arrivals = new Arrivals(announcer);
  const editions = new Editions(announcer);
  const withdrawn = () => {
    editions.tellWithdrawn();
    wire.end();
  };
  const wire = new Wire({
    name: `live:${discussion.dataset.document}`,
    address: discussion.dataset.live,
    state: discussion.dataset.state,
    after: Number(discussion.dataset.sequence),
    tell(kind, data, number) {
      if (kind === "comment") arrivals.note(data.comment, data.n, number);
      if (kind === "tally") {
        for (const [id, thanks, answers] of data.counts) {
          showTally(id, "thanks", thanks);
          showTally(id, "answers", answers);
        }
      }
      if (kind === "removal") takeAway(data.comment, data.by);
      if (kind === "restoration") tellRestored(data.comment);
      if (kind === "version" && Number(document.getElementById(`c-${data.comment}`)?.dataset.v) < data.version) {
        offerAnew(data.comment, "Edited just now: show the new words", number);
      }
      if (kind === "answer" && data.is_marked) {
        offerAnew(data.question, "Answered just now: show by which reply", number);
        offerAnew(data.reply, "Marked as the answer just now: show", number);
      }
      if (kind === "edition") editions.tell(data.edition, data.kind);
      if (kind === "withdrawal" || data.is_withdrawn) {
        withdrawn();
      } else if (kind === "state") {
        arrivals.find(data.comments, number);
        editions.tell(data.edition, data.kind);
      }
    },
  });
  wire.start();
}

if (discussion && thread && status && story) begin();
