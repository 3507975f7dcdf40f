// While notes are on their way, the part of the page that tells of them is fetched again every second.
const progress = document.getElementById("progress");

async function refresh() {
  const answer = await fetch(location.pathname, { credentials: "same-origin" });
  if (!answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
  if (fresh.innerHTML !== progress.innerHTML) progress.innerHTML = fresh.innerHTML;
  if (fresh.dataset.moving) setTimeout(refresh, 1000);
}

if (progress?.dataset.moving) setTimeout(refresh, 1000);
