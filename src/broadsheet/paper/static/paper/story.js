// Players of videos are loaded only when a reader asks: until then nothing goes to another host.

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
