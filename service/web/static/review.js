// The keys of the review; all that they do can be done without them. They rest while words are typed.
// N and P stop where somebody has to look or, where nothing is doubtful, at everything that was replaced.
const all = () => [...document.querySelectorAll('input[name="show"]')];
const stops = () => {
  const doubtful = [...document.querySelectorAll('tr.doubtful input[name="show"]')];
  return doubtful.length ? doubtful : all();
};
const goTo = (element) => { element?.focus(); element?.scrollIntoView({ block: "center" }); };
const step = (by) => {
  const places = stops();
  const here = places.indexOf(document.activeElement);
  goTo(places[here < 0 ? (by > 0 ? 0 : places.length - 1) : Math.min(Math.max(here + by, 0), places.length - 1)]);
};
const keys = {
  n: () => step(1),
  p: () => step(-1),
  a: () => {
    const keep = document.activeElement.closest("tr")?.querySelector('input[name="keep"]');
    if (keep) keep.checked = true;
    step(1);
  },
  x: () => { if (all().includes(document.activeElement)) document.activeElement.click(); },
  m: () => goTo(document.getElementById("words")),
  c: () => goTo(document.getElementById("clear")),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
