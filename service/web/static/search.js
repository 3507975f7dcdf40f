// While a search is on its way its page is asked for every second, and shown whole once there is something to show.
const progress = document.getElementById("progress");

async function look() {
  const answer = await fetch(location.pathname, { credentials: "same-origin" });
  if (!answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
  if (!fresh.dataset.moving) return location.reload();
  if (fresh.innerHTML !== progress.innerHTML) progress.innerHTML = fresh.innerHTML;
  setTimeout(look, 1000);
}

setTimeout(look, 500);
