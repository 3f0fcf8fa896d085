// Proposals in the story's editor: marks the words that a proposal is about, and sends decisions.
//
// The panel stands inside of the editor's form, which cannot hold another form, so a decision is sent
// by one made here. The browser asks first when there are words that are not saved.

const NAME = "desk-proposal";
/** Milliseconds after which words that were not drawn yet count as missing. */
const PATIENCE = 4000;
/** Milliseconds in which the page still grows above the words, so that they are shown again. */
const SETTLING = 2000;
const ACTIONS = ["wheel", "touchstart", "pointerdown", "keydown"];
const canHighlight = typeof Highlight === "function" && CSS.highlights !== undefined;

/** Return the text of a block of the editor with the text nodes that it is made of. */
function textOf(block) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, start: text.length });
    text += node.data;
  }
  return { text, nodes };
}

/** Return where offsets of the text stand in its nodes, as a range. */
function rangeOf(nodes, start, end) {
  const range = document.createRange();
  const holding = (offset) => nodes.findLast((item) => item.start <= offset);
  const first = holding(start);
  const last = nodes.findLast((item) => item.start < end);
  range.setStart(first.node, start - first.start);
  range.setEnd(last.node, end - last.start);
  return range;
}

/** Return the length of what two texts end with in common. */
function commonEnd(one, other) {
  let length = 0;
  while (
    length < Math.min(one.length, other.length) &&
    one[one.length - 1 - length] === other[other.length - 1 - length]
  ) {
    length += 1;
  }
  return length;
}

/** Find the words in the editor's texts; of several places the one with the right words before. */
function find(exact, prefix) {
  const blocks = document.querySelectorAll(".public-DraftEditor-content [data-block]");
  let best = null;
  for (const block of blocks) {
    const { text, nodes } = textOf(block);
    for (let at = text.indexOf(exact); at >= 0; at = text.indexOf(exact, at + 1)) {
      const score = commonEnd(text.slice(0, at), prefix);
      if (best === null || score > best.score) {
        best = { score, block, range: rangeOf(nodes, at, at + exact.length) };
      }
    }
  }
  return best;
}

/** Mark the words; says whether they were found. */
function mark(exact, prefix) {
  const found = exact ? find(exact, prefix) : null;
  for (const block of document.querySelectorAll(".desk-marked-block")) {
    block.classList.remove("desk-marked-block");
  }
  if (canHighlight) CSS.highlights.delete(NAME);
  if (!found) return false;
  if (canHighlight) CSS.highlights.set(NAME, new Highlight(found.range));
  else found.block.classList.add("desk-marked-block");
  return found;
}

/** Show the words in the middle of the window, at once: what is smooth ends where the page grew. */
function show(found) {
  found.block.scrollIntoView({ block: "center", behavior: "instant" });
}

/**
 * Keep the words marked while the editor draws its text anew, and show them once.
 *
 * The editor draws its text some time after the page is there, so words are missing only when they
 * were not found for a while. `say` is told whether they are there, each time that changes.
 */
function keepMarked(exact, prefix, say) {
  let isThere = null;
  let showUntil = null;
  let isDue = false;
  const leave = () => {
    showUntil = 0;
  };
  for (const name of ACTIONS) window.addEventListener(name, leave, { once: true, passive: true });
  const tell = (found) => {
    if (isThere === Boolean(found)) return;
    isThere = Boolean(found);
    say(isThere);
  };
  const draw = () => {
    isDue = false;
    const found = mark(exact, prefix);
    if (found && showUntil === null) showUntil = performance.now() + SETTLING;
    if (found && performance.now() < showUntil) show(found);
    if (found || isThere !== null) tell(found);
  };
  const observer = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(draw);
  });
  for (const form of document.querySelectorAll("form[data-edit-form]")) {
    observer.observe(form, { subtree: true, childList: true, characterData: true });
  }
  draw();
  const late = setTimeout(() => tell(mark(exact, prefix)), PATIENCE);
  return () => {
    clearTimeout(late);
    for (const name of ACTIONS) window.removeEventListener(name, leave);
    observer.disconnect();
  };
}

/** Send a decision by a form of its own. */
function send(button) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = button.dataset.proposalAccept;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const values = { csrfmiddlewaretoken: token ? token.value : "", next: button.dataset.next };
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
}

function start() {
  const panel = document.querySelector("[data-proposals-panel]");
  if (!panel) return;
  let stop = () => {};
  const named = panel.querySelector("[data-proposal-named]");
  const press = (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.proposalAccept) send(button);
    else if ("proposalShow" in button.dataset) {
      stop();
      stop = keepMarked(button.dataset.exact, button.dataset.prefix, (isThere) => {
        button.textContent = isThere ? "Show in the text" : "Not in the text as it stands";
      });
    }
  };
  for (const button of panel.querySelectorAll("button[hidden]")) button.hidden = false;
  panel.addEventListener("click", press);
  if (named) {
    const place = named.querySelector("[data-proposal-place]");
    // What is proposed stays in sight beside the words, wherever they are in the text.
    const form = document.querySelector("form[data-edit-form]");
    if (form) {
      named.classList.add("desk-named-above");
      named.addEventListener("click", press);
      form.prepend(named);
    }
    stop = keepMarked(named.dataset.exact, named.dataset.prefix, (isThere) => {
      place.textContent = isThere
        ? "The words are marked in the text."
        : "The text below does not have these words in one paragraph.";
    });
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
