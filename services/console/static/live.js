// A part of a page that the console draws anew while somebody looks: [data-live] names its stream.
// Without this file the page asks for itself again (a <noscript> in its head), and loses nothing.
"use strict";

(() => {
  const part = document.querySelector("[data-live]");
  if (!part || !window.EventSource) return;
  const said = document.querySelector("[data-live-said]");
  const button = document.querySelector("[data-live-pause]");
  const RETRY_MS = 15000;
  let source = null;
  let paused = false;
  let over = false;

  const say = (text) => { if (said.textContent !== text) said.textContent = text; };

  // Where the focus and the scrolled regions are, as places among the part's elements.
  const places = () => {
    const all = [...part.querySelectorAll("*")];
    return {
      focus: all.indexOf(document.activeElement),
      open: all.flatMap((one, at) => (one.tagName === "DETAILS" && one.open ? [at] : [])),
      scrolled: all.flatMap((one, at) => (one.scrollLeft ? [[at, one.scrollLeft]] : [])),
    };
  };
  const restore = (was) => {
    const all = [...part.querySelectorAll("*")];
    was.open.forEach((at) => { if (all[at] && all[at].tagName === "DETAILS") all[at].open = true; });
    was.scrolled.forEach(([at, left]) => { if (all[at]) all[at].scrollLeft = left; });
    if (was.focus >= 0 && all[was.focus]) all[was.focus].focus({ preventScroll: true });
  };

  const show = (event) => {
    const was = places();
    part.innerHTML = event.data;
    restore(was);
    const told = part.querySelector("[data-say]");
    if (told) say(told.dataset.say);
  };
  const end = (event) => {
    close();
    over = event.data === "over";
    if (event.data === "left") location.reload();
    if (event.data === "full") say("Trop de pages suivent en direct : recharger celle-ci pour la mettre à jour.");
    if (over) {
      say("Terminé.");
      button.hidden = true;
      document.querySelectorAll("[data-until-over]").forEach((one) => { one.hidden = true; });
    }
  };
  const close = () => { if (source) source.close(); source = null; };
  const open = () => {
    if (source || paused || over || document.hidden) return;
    source = new EventSource(part.dataset.live);
    source.addEventListener("part", show);
    source.addEventListener("end", end);
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) {
        close();
        say("Actualisation interrompue ; nouvel essai dans quelques secondes.");
        setTimeout(open, RETRY_MS);
      }
    });
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    say(paused ? "Actualisation suspendue." : "Actualisation reprise.");
    if (paused) close(); else open();
  });
  // A browser opens few connections to one server: a page that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
  open();
})();

// A page that could not be shown asks, without moving whoever reads it, whether it can be by now.
(() => {
  const waits = document.querySelector("[data-retry-s]");
  if (!waits) return;
  waits.hidden = false;
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
    if (answer && answer.ok) location.reload();
  }, 1000 * waits.dataset.retryS);
})();
