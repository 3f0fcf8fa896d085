// Thanks, and that a reply answers the question: said and taken back without leaving the page.

import { beKnown } from "./memory.js";

/** Show on a button whether this reader said it, and how many did. */
export function showGiven(form, given, count = null) {
  const button = form.querySelector("button");
  button.setAttribute("aria-pressed", String(given));
  if (count !== null) showCount(button, count);
}

function showCount(button, count) {
  let tally = button.querySelector(".tally");
  if (!count) tally?.remove();
  if (!count) return;
  if (!tally) {
    tally = document.createElement("span");
    tally.className = "tally";
    button.append(" ", tally);
  }
  tally.textContent = count;
}

/** Show how many say of a comment what a button says; nothing else of the page changes. */
export function showTally(id, kind, count) {
  for (const button of document.querySelectorAll(`form[data-react][action="/c/${Number(id)}/${kind}/"] button`)) {
    // What its reader says just now is answered with a count that is newer.
    if (button.ariaBusy !== "true") showCount(button, count);
  }
}

function complain(form, words) {
  form.parentElement.querySelector(".error")?.remove();
  if (!words) return;
  const error = document.createElement("span");
  error.className = "error";
  error.setAttribute("role", "alert");
  error.textContent = words;
  form.after(error);
}

async function send(form) {
  const button = form.querySelector("button");
  const taken = button.getAttribute("aria-pressed") === "true";
  button.ariaBusy = "true";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams({ do: taken ? "take" : "give" }),
      headers: { Accept: "application/json" },
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.errors?.text ?? "");
    showGiven(form, body.given, body.count);
    complain(form, "");
    beKnown();
  } catch (trouble) {
    complain(form, (trouble instanceof SyntaxError || trouble instanceof TypeError ? "" : trouble.message) || "This did not work. Please try again.");
  } finally {
    button.ariaBusy = "false";
  }
}

export function heedReactions(discussion) {
  discussion.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-react]");
    if (!form) return;
    event.preventDefault();
    if (form.querySelector("button").ariaBusy !== "true") send(form);
  });
}
