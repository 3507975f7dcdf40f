// A chart comes alive when a pointer or the keyboard first comes to it: only then is the code that draws it fetched.
// Its picture and its table say all of it without that, and stay where the code does not come.
let code;
const drawing = () => code ??= new Promise((done, failed) => {
  const script = document.createElement("script");
  script.src = "/static/vega.js";
  script.onload = () => done(window.drawing);
  script.onerror = failed;
  document.head.append(script);
});

async function enliven(figure) {
  const answer = await fetch(figure.dataset.drawing);
  if (!answer.ok) return;
  const [spec, { parse, View, compile, expressionInterpreter }] = [await answer.json(), await drawing()];
  const picture = figure.querySelector("img");
  const live = document.createElement("div");
  live.className = "live";
  live.setAttribute("role", "img");
  live.setAttribute("aria-label", picture.alt);
  // Vega names its frame and its marks in words of its own; the picture's words and the table say more.
  const frame = live.appendChild(document.createElement("div"));
  frame.setAttribute("aria-hidden", "true");
  const runtime = parse(compile(spec), null, { ast: true });
  const view = new View(runtime, {
    expr: expressionInterpreter,
    renderer: "svg",
    tooltip: (_, event, item, words) => { if (words) tell(figure, event, words); },
  });
  await view.initialize(frame).runAsync();
  picture.replaceWith(live);
}

// What a mark says stays until another is pointed at, the pointer leaves the chart, or Escape is pressed.
function tell(figure, event, words) {
  const tip = figure.querySelector(".tip") ?? figure.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.setAttribute("aria-hidden", "true");
  tip.textContent = words;
  const frame = figure.getBoundingClientRect();
  tip.style.left = `${Math.max(0, Math.min(event.clientX - frame.left, frame.width - tip.offsetWidth))}px`;
  tip.style.top = `${event.clientY - frame.top + 16}px`;
}

const quiet = (figure) => figure.querySelector(".tip")?.remove();

for (const figure of document.querySelectorAll("figure[data-drawing]")) {
  const start = () => {
    figure.removeEventListener("pointerenter", start);
    figure.removeEventListener("focusin", start);
    enliven(figure).catch((fault) => console.warn("This chart stays still:", fault.message ?? "no code"));
  };
  figure.addEventListener("pointerenter", start);
  figure.addEventListener("focusin", start);
  figure.addEventListener("pointerleave", () => quiet(figure));
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("figure[data-drawing]").forEach(quiet);
});
