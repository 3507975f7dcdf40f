// While something is on its way, the parts of the page that tell of it are fetched again every second.
const progress = document.getElementById("progress");
const from = progress?.dataset.from ?? location.pathname;

async function refresh() {
  const answer = await fetch(from, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("progress");
  if (!answer.ok || fresh?.dataset.stage !== progress.dataset.stage) return location.assign(from);
  for (const part of document.querySelectorAll("#progress, [data-follows]")) {
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
  }
  if (fresh.dataset.moving) setTimeout(refresh, 1000);
}

if (progress?.dataset.moving) setTimeout(refresh, 1000);
