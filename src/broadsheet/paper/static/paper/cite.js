// A button that copies the citation, where the browser lets pages write to the clipboard.

export function start(box) {
  if (!navigator.clipboard) return;
  const row = document.createElement("p");
  row.className = "row";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  const status = document.createElement("span");
  status.className = "help";
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(box.querySelector("[data-cite-text]").textContent);
      status.textContent = "Copied.";
    } catch {
      status.textContent = "The browser did not allow it. Select the text and copy it.";
    }
  });
  row.append(button, status);
  box.querySelector("[data-cite-text]").after(row);
}
