// Players of videos are loaded only when a reader asks: until then nothing goes to another host. So is
// what the folded sections beside the story need.

for (const figure of document.querySelectorAll("[data-player]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Play here";
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = figure.dataset.player;
    frame.title = figure.querySelector("a").textContent;
    frame.allow = "fullscreen; picture-in-picture";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation");
    button.replaceWith(frame);
    frame.focus();
  });
  figure.append(button);
}

/** Load what a folded section needs when a reader opens it for the first time. */
function whenOpened(selector, load) {
  for (const box of document.querySelectorAll(selector)) {
    const begin = () => {
      if (!box.open) return;
      box.removeEventListener("toggle", begin);
      load().then((module) => module.start(box)).catch(() => {});
    };
    box.addEventListener("toggle", begin);
    begin();
  }
}

whenOpened("[data-time]", () => import("./time.js"));
whenOpened("[data-cite]", () => import("./cite.js"));
