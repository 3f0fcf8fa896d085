// People whom this reader does not want to see: what they write is folded away, here alone. With an
// account the list is the account's, and kept here too, so that nothing shows before it is asked for;
// without one it is kept in this browser only.

const OWN = "muted";
const OF_ACCOUNT = "muted-account";
const MAX = 500;

function read(name) {
  try {
    const list = JSON.parse(localStorage.getItem(name));
    return Array.isArray(list) ? list.filter((each) => each && typeof each.name === "string") : [];
  } catch {
    return [];
  }
}

function write(name, list) {
  try {
    localStorage.setItem(name, JSON.stringify(list.slice(0, MAX)));
  } catch {
    // No room, or not allowed: nothing is remembered.
  }
}

const isSignedIn = () => /(?:^|; )(?:__Host-signed-in|signed_in)=1(?:;|$)/.test(document.cookie);
const plain = (name) => name.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
const isSame = (one, other) => (one.who ? one.who === other.who : !other.who && plain(one.name) === plain(other.name));

function muted(who) {
  const ofAccount = isSignedIn() ? read(OF_ACCOUNT) : [];
  return [...read(OWN), ...ofAccount].some((each) => isSame(each, who));
}

function writerOf(comment) {
  return { who: comment.dataset.who ?? "", name: comment.querySelector("h3 bdi.who, h3 .who bdi")?.textContent ?? "" };
}

/** Fold a comment away, with a line that opens it again for this once. */
function fold(comment) {
  const line = document.createElement("p");
  line.className = "muted-line";
  line.append("Muted by you · ");
  const show = document.createElement("button");
  show.type = "button";
  show.textContent = "Show";
  show.addEventListener("click", () => {
    comment.removeAttribute("data-folded");
    comment.dataset.opened = "";
    line.remove();
    comment.tabIndex = -1;
    comment.focus();
  });
  line.append(show);
  comment.prepend(line);
  comment.dataset.folded = "";
}

function foldIn(element) {
  const comments = element.matches?.(".comment") ? [element] : element.querySelectorAll?.(".comment") ?? [];
  for (const comment of comments) {
    // Who opened a comment again has seen that it is muted.
    if ("opened" in comment.dataset || "looked" in comment.dataset) continue;
    comment.dataset.looked = "";
    const who = writerOf(comment);
    if ((who.who || who.name) && muted(who) && comment.id !== location.hash.slice(1)) fold(comment);
  }
}

function keepFolded(thread) {
  foldIn(thread);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) foldIn(node);
  }).observe(thread, { childList: true, subtree: true });
}

/** Mute from the page of a comment. */
function offer(row) {
  const who = { who: row.dataset.who, name: row.dataset.name };
  const button = row.querySelector("button");
  const say = () => {
    button.textContent = muted(who) ? "Show again" : "Mute";
    button.setAttribute("aria-pressed", String(muted(who)));
  };
  button.addEventListener("click", () => {
    const others = read(OWN).filter((each) => !isSame(each, who));
    write(OWN, muted(who) ? others : [who, ...others]);
    say();
  });
  say();
  row.hidden = false;
}

/** The list of a browser without an account. */
function list(place) {
  const status = document.querySelector("[data-muted-status]");
  const none = document.querySelector("[data-muted-none]");
  const show = () => {
    const people = read(OWN);
    none.hidden = people.length > 0;
    place.replaceChildren(
      ...people.map((who) => {
        const item = document.createElement("li");
        const name = document.createElement("bdi");
        name.textContent = who.name;
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Show again";
        button.setAttribute("aria-label", `Show again what ${who.name} writes`);
        button.addEventListener("click", () => {
          write(OWN, read(OWN).filter((each) => !isSame(each, who)));
          show();
          status.textContent = `${who.name} is not muted any more.`;
          (place.querySelector("button") ?? document.querySelector("h1")).focus();
        });
        item.append(name, " ", button);
        return item;
      }),
    );
  };
  show();
}

/** Keep the account's list here, so that the next page folds without asking, and fold by it. */
document.addEventListener("me", ({ detail: me }) => {
  write(OF_ACCOUNT, me.account && Array.isArray(me.muted) ? me.muted : []);
  for (const comment of document.querySelectorAll("[data-thread] .comment:not([data-folded])")) {
    delete comment.dataset.looked;
    foldIn(comment);
  }
});

for (const thread of document.querySelectorAll("[data-thread]")) keepFolded(thread);
for (const row of document.querySelectorAll("[data-mute]")) offer(row);
for (const place of document.querySelectorAll("[data-muted-list]")) list(place);
