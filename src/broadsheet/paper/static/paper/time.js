// The story through time, on its own page: points for editions and comments on a line, and the page
// of the chosen moment in the place of the present one. Loaded when a reader opens the section; without
// it the section has links. The live nodes are only hidden, so typed words and open forms stay.

import { start as startCiting } from "./cite.js";
import { fetchPart, withoutIds } from "./parts.js";

const KEPT = 24; // pages of moments that are kept, the last used ones
const MAX_STEPS = 40; // steps of a replay, so that playing a long thread does not ask for hundreds of pages
const STEP = 1000; // milliseconds between two steps
const CALM_STEP = 2500; // the same for readers who asked for less motion
const SETTLE = 150; // milliseconds after the last movement of the range before a page is asked for
const SVG = "http://www.w3.org/2000/svg";

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** Say an instant as the page does: 2 September 2026, 10:15, in the publication's zone. */
function speaker(zone) {
  const options = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  let format;
  try {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  }
  return (iso) => {
    const parts = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
    return `${parts.day} ${parts.month} ${parts.year}, ${parts.hour}:${parts.minute}`;
  };
}

/** Put editions and comments into one order of time; what happened in one second is one stop. */
function stopsOf({ editions, comments }, say) {
  const bySecond = new Map();
  const at = (iso) => bySecond.get(iso) ?? bySecond.set(iso, { iso, edition: null, posted: 0 }).get(iso);
  for (const edition of editions) at(edition.at).edition = edition;
  for (const point of comments.points) at(point.at).posted += point.count;
  const stops = [...bySecond.values()].sort((a, b) => (a.iso < b.iso ? -1 : 1));
  let edition = editions[0];
  let count = comments.untimed;
  for (const stop of stops) {
    edition = stop.edition ?? edition;
    count += stop.posted;
    stop.when = say(stop.iso);
    stop.what = `${editionWords(edition)}, ${plural(count, "comment")}`;
    stop.address = `at/${stop.iso.replace(/[-:]/g, "")}/`;
  }
  stops.push({ iso: null, when: "Now", what: `${editionWords(edition)}, ${plural(comments.count, "comment")}` });
  return stops;
}

function editionWords({ number, verb, is_reconstructed: isReconstructed }) {
  return `Edition ${number} (${isReconstructed ? "reconstructed" : verb})`;
}

/** Draw the line. Stops stand at equal distances, as the range below has them: a morning of comments
    and the edition of a year later are both to be hit. */
function line(stops) {
  const svg = drawn("svg", { class: "time-line", "aria-hidden": "true" });
  svg.append(drawn("line", { class: "time-axis", x1: "0", x2: "100%", y1: "50%", y2: "50%" }));
  const editions = [];
  stops.forEach((stop, place) => {
    const x = `${(100 * place) / (stops.length - 1)}%`;
    if (stop.posted) {
      const r = Math.min(2 + Math.log2(stop.posted), 6);
      svg.append(drawn("circle", { class: "time-comment", cx: x, cy: "50%", r }));
    }
    if (stop.edition) editions.push(x);
  });
  for (const x of editions) {
    const box = drawn("svg", { x, y: "50%", overflow: "visible" });
    box.append(drawn("path", { class: "time-edition", d: "M0-7 6 0 0 7-6 0z" }));
    svg.append(box);
  }
  const here = drawn("line", { class: "time-here", y1: "0", y2: "100%" });
  svg.append(here);
  return {
    svg,
    point(place) {
      const x = `${(100 * place) / (stops.length - 1)}%`;
      here.setAttribute("x1", x);
      here.setAttribute("x2", x);
    },
  };
}

/** The story's text and thread on this page, and those of a moment that stand in their place. */
class Pages {
  constructor(path, say) {
    this.path = path;
    this.say = say;
    this.live = partsOf(document);
    this.shown = this.live;
    this.editions = new Map([...document.querySelectorAll(".rail .editions a")].map((link) => [link.getAttribute("href"), link.closest("li")]));
    this.kept = new Map();
  }

  /** Fetch the page of a moment, or take it from what is kept. */
  load(stop) {
    const address = this.path + stop.address;
    const known = this.kept.get(address);
    this.kept.delete(address);
    const page = known ?? this.#fetch(address, stop);
    this.kept.set(address, page);
    page.catch(() => this.kept.delete(address));
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return page;
  }

  async #fetch(address, stop) {
    const story = await fetchPart(address, ".story");
    const parts = partsOf(story);
    startCiting(parts.cite);
    for (const part of [parts.text, parts.thread]) {
      withoutIds(part).classList.add("past");
      for (const script of part.querySelectorAll("script")) script.remove();
      for (const each of [part, ...part.querySelectorAll("*")]) {
        // The page's other scripts find what is theirs by these.
        for (const name of Object.keys(each.dataset)) delete each.dataset[name];
      }
      for (const link of part.querySelectorAll('a[href^="#"]')) link.href = address + link.getAttribute("href");
    }
    parts.thread.setAttribute("aria-label", "Discussion at that time");
    for (const note of parts.text.querySelectorAll('.note[role="note"]')) note.remove();
    parts.text.querySelector(".story-head").after(this.#note(address, stop));
    return parts;
  }

  #note(address, stop) {
    const note = element("p", "note past-note");
    const words = element("strong", "", "As it stood on ");
    const time = element("time", "", stop.when);
    time.dateTime = stop.iso;
    words.append(time, ".");
    const link = element("a", "", "Address of this moment");
    link.href = address;
    const back = element("button", "", "Back to now");
    back.type = "button";
    back.addEventListener("click", () => this.onBack?.());
    note.append(words, " Story and discussion of that moment; what was removed since then is removed here too. ", link, " ", back);
    return note;
  }

  get isPast() {
    return this.shown !== this.live;
  }

  show(parts) {
    if (parts === this.shown) return;
    document.documentElement.classList.toggle("replaying", parts !== this.live);
    keepingPlace(
      () => this.shown,
      () => {
        const before = this.shown;
        this.shown = parts;
        parts.cite.open = before.cite.open;
        for (const [name, part] of Object.entries(this.live)) {
          if (name === "current") continue;
          part.hidden = parts !== this.live;
          if (before !== this.live) before[name].remove();
          if (parts !== this.live) part.after(parts[name]);
        }
        this.#mark(parts.current);
      },
    );
  }

  /** Mark the edition that is shown in the list of editions. */
  #mark(current) {
    for (const [address, item] of this.editions) {
      item.classList.toggle("here", address === current);
      if (address === current) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
  }
}

/** Find what differs from moment to moment: text, thread, citation, and the edition in force. */
function partsOf(root) {
  return {
    text: root.querySelector(".story-text"),
    thread: root.querySelector(".discussion"),
    cite: root.querySelector(".cite"),
    current: root.querySelector(".rail .editions .here a")?.getAttribute("href"),
  };
}

/** Change what is shown and leave the reader where she is: what she looks at must not jump. */
function keepingPlace(shown, change) {
  const rail = document.querySelector(".rail");
  const top = (node) => node.getBoundingClientRect().top;
  const isIn = (node) => top(node) < innerHeight / 2;
  const isInThread = isIn(shown().thread) && top(shown().thread) < top(rail) + innerHeight;
  const anchor = () => (isInThread ? shown().thread : rail);
  const counts = isInThread || (top(rail) >= 0 && top(rail) < innerHeight);
  const before = top(anchor());
  change();
  if (counts) scrollBy({ top: top(anchor()) - before, behavior: "instant" });
}

class Player {
  constructor(box, data) {
    this.say = speaker(box.dataset.zone);
    this.stops = stopsOf(data, this.say);
    this.last = this.stops.length - 1;
    this.place = this.last;
    this.pages = new Pages(box.dataset.path, this.say);
    this.pages.onBack = () => {
      this.choose(this.last);
      const headline = document.getElementById("headline");
      headline.tabIndex = -1;
      headline.focus({ preventScroll: true });
    };
    this.asked = 0;
    this.run = 0;
    this.node = this.#build(data);
    this.#say();
  }

  #build({ comments }) {
    const node = element("div", "time-player");
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", "Through time");
    this.line = line(this.stops);
    this.range = element("input", "time-range");
    Object.assign(this.range, { type: "range", min: 0, max: this.last, step: 1, value: this.last });
    this.range.setAttribute("aria-label", "Moment");
    this.range.addEventListener("input", () => this.choose(Number(this.range.value), { settle: SETTLE }));
    this.words = element("p", "time-words");
    this.status = element("p", "vh");
    this.status.setAttribute("role", "status");
    const buttons = element("div", "time-buttons");
    this.buttons = {
      First: () => this.choose(0),
      Back: () => this.choose(Math.max(this.place - 1, 0)),
      Play: () => (this.isPlaying ? this.pause() : this.play()),
      Forward: () => this.choose(Math.min(this.place + 1, this.last)),
      Now: () => this.choose(this.last),
    };
    for (const [name, act] of Object.entries(this.buttons)) {
      const button = element("button", "", name);
      button.type = "button";
      button.addEventListener("click", act);
      if (name === "Play") button.className = "time-play";
      this.buttons[name] = button;
      buttons.append(button);
    }
    node.append(this.line.svg, this.range, this.words, buttons, this.status);
    if (comments.untimed) {
      const words = `${plural(comments.untimed, "comment")} without a recorded time stand${comments.untimed === 1 ? "s" : ""} at every moment.`;
      node.append(element("p", "rail-note time-untimed", words));
    }
    document.addEventListener("visibilitychange", () => document.hidden && this.pause());
    return node;
  }

  /** Say which moment is chosen, on the line, in words and to the keyboard. */
  #say() {
    const { when, what } = this.stops[this.place];
    this.range.value = this.place;
    this.range.setAttribute("aria-valuetext", `${when}. ${what}`);
    this.line.point(this.place);
    this.words.replaceChildren(element("strong", "", when), element("span", "", what));
    const ends = { First: 0, Back: 0, Forward: this.last, Now: this.last };
    // Not disabled: a button that is would lose the keyboard's focus when an end is reached.
    for (const [name, end] of Object.entries(ends)) this.buttons[name].setAttribute("aria-disabled", this.place === end);
  }

  /** Go to a stop. Resolves when its page is shown; a later choice makes it pointless and ends it. */
  async choose(place, { settle = 0, isStep = false } = {}) {
    if (!isStep) this.pause();
    this.place = place;
    this.#say();
    const asked = (this.asked += 1);
    const stop = this.stops[place];
    try {
      if (settle) await new Promise((done) => setTimeout(done, settle));
      if (asked !== this.asked) return;
      const parts = stop.iso ? await this.pages.load(stop) : this.pages.live;
      if (asked !== this.asked) return;
      this.pages.show(parts);
      if (!isStep) this.status.textContent = stop.iso ? `Story and discussion as they stood on ${stop.when}.` : "The story as it stands now.";
    } catch {
      if (asked !== this.asked) return;
      this.pause();
      this.status.textContent = "";
      const error = element("span", "error", "This moment could not be loaded. Please try again.");
      error.setAttribute("role", "alert");
      this.words.append(error);
      // It can be tried again with the same button.
      for (const button of Object.values(this.buttons)) button.removeAttribute("aria-disabled");
    }
  }

  get isPlaying() {
    return this.buttons.Play.textContent === "Pause";
  }

  pause() {
    this.run += 1;
    this.buttons.Play.textContent = "Play";
  }

  /** Step on to the present, by every edition and no more than so many stops. */
  async play() {
    const run = (this.run += 1);
    this.buttons.Play.textContent = "Pause";
    if (this.place === this.last) await this.choose(0, { isStep: true });
    const ahead = this.stops.slice(this.place + 1).map((stop, ahead) => [stop, this.place + 1 + ahead]);
    const stride = Math.ceil(ahead.length / MAX_STEPS);
    for (const [stop, place] of ahead) {
      if (place % stride && !stop.edition && place !== this.last) continue;
      if (stop.iso && run === this.run) this.pages.load(stop).catch(() => {});
      await new Promise((done) => setTimeout(done, isCalm() ? CALM_STEP : STEP));
      if (run !== this.run) return;
      await this.choose(place, { isStep: true });
      if (run !== this.run) return;
    }
    this.pause();
    this.status.textContent = "The story as it stands now.";
  }
}

/** Put the control into its section; where the points cannot be had, the links stay as they are. */
export async function start(box) {
  const ways = box.querySelector("[data-time-ways]");
  const answer = await fetch(`${box.dataset.path}moments/`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const player = new Player(box, await answer.json());
  ways.querySelector("ol").hidden = true;
  ways.before(player.node);
  box.addEventListener("toggle", () => {
    if (!box.open) player.choose(player.last);
  });
}
