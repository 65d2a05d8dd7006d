/** The script of the page: values of charts on hover, and charts saved as pictures in the colours that are on the screen. */
export const PAGE_SCRIPT = `"use strict";
const tip = document.getElementById("tip");
document.addEventListener("pointermove", (event) => {
  const mark = event.target instanceof Element ? event.target.closest(".chart svg [aria-label]") : null;
  const text = mark && mark.getAttribute("role") === "graphics-symbol" ? mark.getAttribute("aria-label") : "";
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
});
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-save]") : null;
  if (!button) return;
  const figure = button.closest("figure");
  const svg = figure.querySelector(".chart svg").cloneNode(true);
  const style = getComputedStyle(document.documentElement);
  svg.setAttribute("style", "background:" + style.getPropertyValue("--ground"));
  const text = new XMLSerializer().serializeToString(svg)
    .replace(/var\\((--\\w+)\\)/g, (_, name) => style.getPropertyValue(name).trim());
  const blob = new Blob([text], { type: "image/svg+xml" });
  if (button.dataset.save === "svg") return save(blob, figure.id + ".svg");
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * picture.naturalWidth;
    canvas.height = 2 * picture.naturalHeight;
    const context = canvas.getContext("2d");
    context.fillStyle = style.getPropertyValue("--ground");
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((png) => save(png, figure.id + ".png"), "image/png");
  };
  picture.src = URL.createObjectURL(blob);
});
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
}
`;
