// The queue of moderators: decisions without leaving the page, each of them with the next thing in
// focus; by keyboard where somebody switched that on. Without scripts every form works by itself.

import { trusted } from "./trusted.js";

const POLL = 20_000; // milliseconds between two questions how much waits
const CLAIM_AFTER = 500; // milliseconds for which one stays at a thing before it is claimed
const CLAIM_AGAIN = 120_000; // milliseconds after which a claim is renewed; the server ends it after five minutes
const FETCH_BELOW = 8; // things left on the page when more are fetched
const SWITCH = "moderation-keys";

const root = document.querySelector("[data-queue]");
const base = root?.dataset.base;
const list = root?.querySelector("[data-items]");
const told = root?.querySelector("[data-told]");
const batches = []; // what can be undone, the last one last: {batch, places: [[done, item]]}

function tell(words, isProblem = false) {
  told.textContent = words;
  told.classList.toggle("mod-problem", isProblem);
}

async function post(path, fields) {
  const body = new URLSearchParams(fields);
  body.set("csrfmiddlewaretoken", root.dataset.token);
  const answer = await fetch(base + path, { method: "POST", body, headers: { Accept: "application/json" } });
  const type = answer.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) throw new Error(`status ${answer.status}`);
  return { ok: answer.ok, body: await answer.json() };
}

function items() {
  return [...list.querySelectorAll(".mod-item")];
}

function itemOf(pk) {
  return list.querySelector(`.mod-item[data-item="${CSS.escape(String(pk))}"]`);
}

function current() {
  return document.activeElement?.closest(".mod-item") ?? null;
}

function go(item) {
  if (!item) return;
  item.focus();
  item.scrollIntoView({ block: "nearest" });
}

/** Return what is focused once an item is gone: the next one that is not on its way, or the one before. */
function neighbour(item) {
  const all = items();
  const place = all.indexOf(item);
  const isFree = (each) => !each.hasAttribute("aria-busy");
  return all.slice(place + 1).find(isFree) ?? all.slice(0, place).findLast(isFree) ?? null;
}

function showCounts(counts) {
  const numbers = { total: counts.total, urgent: counts.urgent, ...counts.kinds };
  for (const place of root.querySelectorAll("[data-count]")) {
    const number = String(numbers[place.dataset.count] ?? 0);
    if (place.textContent !== number) place.textContent = number;
  }
}

/** Put a line in the place of what was decided; undoing puts the thing back. */
function settle(item, words, batch) {
  const done = document.createElement("p");
  done.className = "mod-settled";
  const what = item.querySelector("h2").textContent.replace(/\s+/g, " ").trim();
  const undo = document.createElement("button");
  undo.type = "button";
  undo.textContent = "Undo";
  undo.setAttribute("aria-label", `Undo: ${words}, ${what}`);
  undo.addEventListener("click", () => inTurn(() => undoBatch(batch)));
  done.append(`${words}: ${what} `, undo);
  item.replaceWith(done);
  return [done, item];
}

function problemAt(item, message) {
  let place = item.querySelector(".mod-problem");
  if (!place) {
    place = document.createElement("p");
    place.className = "mod-problem";
    place.setAttribute("role", "alert");
    item.querySelector(".mod-acts").before(place);
  }
  place.textContent = message;
}

/** Take away what does not wait any more; who is typing there reads why, and keeps what was typed. */
function letGo(item, words) {
  // What was decided here just now is on its way to be settled.
  if (!item || item.hasAttribute("aria-busy")) return;
  const isHere = item.contains(document.activeElement);
  if (isHere && document.activeElement.matches("input:not([type=checkbox]), select, textarea")) {
    item.querySelector(".mod-text").replaceChildren();
    problemAt(item, words);
    return;
  }
  const next = isHere ? neighbour(item) : null;
  const gone = document.createElement("p");
  gone.className = "mod-settled";
  gone.textContent = `${words} (${item.querySelector("h2").textContent.replace(/\s+/g, " ").trim()})`;
  item.replaceWith(gone);
  if (isHere) {
    tell(words);
    if (next) go(next);
    else rest();
  }
  countSelected();
  fetchMore();
}

let last = Promise.resolve();
let sent = 0;

/** Do one thing after another, in the order in which they were asked for. */
function inTurn(act) {
  last = last.then(act);
  return last;
}

/** Where focus stands when there is nothing to go to. */
function rest() {
  told.tabIndex = -1;
  told.focus();
}

/** Decide; focus goes on at once, and what is on its way is not sent again. */
function decide(fields) {
  const wanted = fields.getAll("item").map(itemOf).filter((item) => item && !item.hasAttribute("aria-busy"));
  if (fields.has("item") && !wanted.length) return;
  for (const item of wanted) item.setAttribute("aria-busy", "true");
  const here = wanted.find((item) => item.contains(document.activeElement)) ?? wanted.at(-1);
  const next = here ? neighbour(here) : null;
  if (next) go(next);
  else if (here) rest();
  const number = ++sent;
  // Whoever went on since is not fetched back.
  const isStillThere = () => number === sent && document.activeElement === (next ?? told);
  inTurn(() => sendDecision(fields, wanted, isStillThere));
}

async function sendDecision(fields, wanted, isStillThere) {
  const back = (item) => item?.isConnected && isStillThere() && go(item);
  let answer;
  try {
    answer = await post("decide/", fields);
  } catch {
    for (const item of wanted) item.removeAttribute("aria-busy");
    tell("The server could not be reached. Nothing was decided; please try again.", true);
    back(wanted[0]);
    return;
  }
  for (const item of wanted) item.removeAttribute("aria-busy");
  const { body } = answer;
  if (body.error) {
    tell(body.error, true);
    back(wanted[0]);
    return;
  }
  const places = [];
  for (const pk of body.done) {
    const item = itemOf(pk);
    if (item) places.push(settle(item, body.words, body.batch));
  }
  if (body.batch) batches.push({ batch: body.batch, places });
  const refused = Object.entries(body.refused);
  for (const [pk, message] of refused) {
    const item = itemOf(pk);
    if (item) problemAt(item, message);
  }
  if (refused.length) {
    tell(`${body.done.length ? `${body.done.length} decided, ` : ""}${refused.length} not: ${refused[0][1]}`, true);
    back(itemOf(refused[0][0]));
  } else {
    const isLast = !items().length && !root.querySelector("[data-more] a");
    tell(`${body.words}${places.length > 1 ? `: ${places.length}` : ""}.${isLast ? " Nothing more waits here." : ""}`);
  }
  if (body.counts) showCounts(body.counts);
  countSelected();
  fetchMore();
}

async function undoBatch(batch) {
  const place = batches.findIndex((each) => each.batch === batch);
  if (place < 0) return;
  let answer;
  try {
    answer = await post("undo/", { batch });
  } catch {
    tell("The server could not be reached. Nothing was undone; please try again.", true);
    return;
  }
  if (!answer.ok) {
    tell(answer.body.error, true);
    return;
  }
  const [{ places }] = batches.splice(place, 1);
  for (const [done, item] of places) {
    done.replaceWith(item);
    const select = item.querySelector("[data-select]");
    if (select) select.checked = false;
    for (const open of item.querySelectorAll("details[open]")) open.open = false;
  }
  showCounts(answer.body.counts);
  tell(`Undone: ${answer.body.undone}.`);
  go(places[0]?.[1]);
}

let isFetching = false;
async function fetchMore() {
  const link = root.querySelector("[data-more] a");
  if (!link || isFetching || items().length >= FETCH_BELOW) return;
  isFetching = true;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { html, next } = await answer.json();
    const holder = document.createElement("ol");
    holder.innerHTML = trusted(html);
    const hadNone = !items().some((each) => !each.hasAttribute("aria-busy"));
    for (const each of [...holder.children]) {
      const pk = each.querySelector(".mod-item")?.dataset.item;
      if (pk && !itemOf(pk)) list.append(each);
    }
    if (next) link.href = next;
    else link.remove();
    if (hadNone && document.activeElement === told) go(items().find((each) => !each.hasAttribute("aria-busy")));
  } catch {
    // The link stays and can be followed.
  } finally {
    isFetching = false;
  }
}

/** Claims: what one stays at is one's own for some minutes. */
let claimed = null;
let claiming = null;
async function claimSoon(item) {
  if (claimed === item || item.classList.contains("mod-item-claimed")) return;
  clearTimeout(claiming);
  const before = claimed;
  claimed = item;
  claiming = setTimeout(() => claimNow(item, before), CLAIM_AFTER);
}

async function claimNow(item, before) {
  try {
    if (before?.isConnected) await post(`${before.dataset.item}/claim/`, { release: "1" });
    const { ok, body } = await post(`${item.dataset.item}/claim/`, {});
    if (!ok && item.isConnected) problemAt(item, body.error);
    else if (ok && claimed === item) claiming = setTimeout(() => claimNow(item, null), CLAIM_AGAIN);
  } catch {
    // A claim is a courtesy; the decision itself is checked.
  }
}

function countSelected() {
  const count = list.querySelectorAll("[data-select]:checked").length;
  const place = root.querySelector("[data-selected]");
  if (place) place.textContent = count ? `${count} selected` : "";
}

/** The switch of the keys, remembered. */
const keys = root?.querySelector("[data-keys]");
const keysSwitch = keys?.querySelector("[data-keys-switch]");
const help = keys?.querySelector("[data-keys-help]");

function remembered() {
  try {
    return localStorage.getItem(SWITCH) === "on";
  } catch {
    return false;
  }
}

function remember(isOn) {
  try {
    localStorage.setItem(SWITCH, isOn ? "on" : "off");
  } catch {
    // Not kept; it holds for this page.
  }
}

function toggleHelp() {
  const shown = help.getAttribute("aria-expanded") === "true";
  help.setAttribute("aria-expanded", String(!shown));
  document.getElementById(help.getAttribute("aria-controls")).hidden = shown;
}

function open(item, key) {
  const control = item.querySelector(`[data-key="${key}"]`);
  if (!control) return;
  if (control.tagName !== "SUMMARY") {
    control.click();
    return;
  }
  control.parentElement.open = true;
  control.parentElement.querySelector("select, input:not([type=hidden])").focus();
}

const ACTS = {
  j: (item) => go(item ? items()[items().indexOf(item) + 1] : items()[0]),
  k: (item) => go(item ? items()[items().indexOf(item) - 1] : items()[0]),
  p: (item) => item && open(item, "p"),
  d: (item) => item && open(item, "d"),
  r: (item) => item && open(item, "d"),
  o: (item) => item && open(item, "o"),
  x(item) {
    const select = item?.querySelector("[data-select]");
    if (select) select.checked = !select.checked;
    countSelected();
  },
  u: () => inTurn(() => batches.length && undoBatch(batches.at(-1).batch)),
  "?": toggleHelp,
};
const ARROWS = { ArrowDown: "j", ArrowUp: "k" };

function heed(event) {
  const field = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape" && field) {
    const item = field.closest(".mod-item");
    field.closest("details")?.removeAttribute("open");
    item?.focus();
    return;
  }
  if (!keysSwitch.checked || event.ctrlKey || event.altKey || event.metaKey || field) return;
  const item = current();
  const key = ARROWS[event.key] ? (event.target === item ? ARROWS[event.key] : "") : event.key;
  if (!Object.hasOwn(ACTS, key)) return;
  event.preventDefault();
  ACTS[key](item);
}

function begin() {
  keys.hidden = false;
  keysSwitch.checked = remembered();
  keysSwitch.addEventListener("change", () => {
    remember(keysSwitch.checked);
    if (keysSwitch.checked) tell("Keyboard shortcuts are on.");
  });
  help.addEventListener("click", toggleHelp);
  document.addEventListener("keydown", heed);
  list.addEventListener("keydown", (event) => {
    // A list of choices does not send its form by itself.
    if (event.key === "Enter" && event.target.matches("[data-decide] select")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-decide], [data-bulk]")) return;
    event.preventDefault();
    decide(new FormData(form, event.submitter));
  });
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest(".mod-item");
    if (item) claimSoon(item);
  });
  list.addEventListener("change", countSelected);
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const shown = items().map((item) => item.dataset.item);
      const answer = await fetch(`${base}counts/?items=${shown.join("-")}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const counts = await answer.json();
      showCounts(counts);
      for (const [pk, words] of Object.entries(counts.gone)) letGo(itemOf(pk), words);
    } catch {
      // Asked again soon.
    }
  }, POLL);
}

if (root && list) begin();
