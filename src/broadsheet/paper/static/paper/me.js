// Who reads: public pages are the same for everybody, so who is signed in is asked for apart, and only
// where a cookie that says no more than "yes" is there.

const link = document.querySelector("[data-me]");
const isSignedIn = /(?:^|; )(?:__Host-signed-in|signed_in)=1(?:;|$)/.test(document.cookie);

/** Lead back to exactly where the reader is, not only to the page. */
function comeBack(element, hash = location.hash) {
  const target = new URL(element.href);
  if (location.pathname.startsWith("/account/")) return;
  target.searchParams.set("next", location.pathname + location.search + hash);
  element.href = target.pathname + target.search;
}

async function showName(element) {
  try {
    const answer = await fetch("/me/", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const me = await answer.json();
    if (!me.account) return;
    const name = document.createElement("bdi");
    name.textContent = me.name ?? "Your account";
    element.href = "/account/";
    element.title = "Your account";
    element.replaceChildren(name);
  } catch {
    // The link leads to the sign-in page, which knows who is signed in and leads on.
  }
}

if (link && isSignedIn) showName(link);
else if (link) link.addEventListener("click", () => comeBack(link));
for (const each of document.querySelectorAll("[data-sign-in]")) {
  each.addEventListener("click", () => comeBack(each, "#discussion"));
}
