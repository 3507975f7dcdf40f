// The keys of the review; all that they do can be done without them. They rest while words are typed.
const marks = () => [...document.querySelectorAll('input[name="show"]')];
const goTo = (element) => { element?.focus(); element?.scrollIntoView({ block: "center" }); };
const step = (by) => {
  const all = marks();
  const here = all.indexOf(document.activeElement);
  goTo(all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)]);
};
const keys = {
  n: () => step(1),
  p: () => step(-1),
  x: () => { if (marks().includes(document.activeElement)) document.activeElement.click(); },
  m: () => goTo(document.getElementById("words")),
  c: () => goTo(document.getElementById("clear")),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
