// The wall: one screen for the audience (screen.js), whose lanes grow while a run is
// measured.
//
// Keys: f fills the screen, l changes the language. What a clicker sends goes to the
// presenter's console, if that is a tab of this browser: the wall leads nothing.
// @ts-check
"use strict";

(function () {
  const lang = () => document.documentElement.lang;
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));

  /** @type {EventSource | null} */
  let events = null;
  /** @type {{ take: (data: string) => void, end: () => void } | null} */
  let lanes = null;
  let run = "";

  /** follow lets the lanes of a run grow; of none, if it is empty. @param {string} id @param {Race} [race] */
  function follow(id, race) {
    events?.close();
    lanes?.end();
    events = lanes = null;
    run = id;
    const root = /** @type {HTMLElement | null} */ (stage.querySelector(".race"));
    if (!id || !race || !root) {
      return;
    }
    const grown = lanes = carrilesScreen.growing(root, race);
    events = new EventSource("/api/runs/" + encodeURIComponent(id) + "/events/");
    events.addEventListener("lanes", (event) => grown.take(/** @type {MessageEvent} */ (event).data));
  }

  const listen = carrilesScreen.listen({
    address: () => "/wall/events?lang=" + lang(),
    heard(screen, fresh) {
      const id = screen.run || "";
      if (id !== run || fresh.includes("stage")) {
        follow(id, screen.race);
      }
    },
  });

  const console_ = typeof BroadcastChannel === "function" ? new BroadcastChannel("carriles.lead") : null;
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
      return;
    }
    switch (event.key) {
      case "f":
      case "F":
        if (document.fullscreenElement) {
          document.exitFullscreen();
        } else {
          document.documentElement.requestFullscreen();
        }
        break;
      case "l":
      case "L":
        document.documentElement.lang = lang() === "es" ? "en" : "es";
        history.replaceState(null, "", "/wall?lang=" + lang());
        listen();
        break;
      case " ":
      case "Enter":
      case "PageDown":
      case "PageUp":
      case "ArrowLeft":
      case "ArrowRight":
        event.preventDefault();
        console_?.postMessage(event.key);
    }
  });
})();
