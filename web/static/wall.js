// The wall: one screen for the audience (screen.js), whose lanes grow while a run is
// measured.
//
// Keys: l changes the language, ? shows the keys. What a clicker sends goes to the
// presenter's console, if that is a tab of this browser: the wall leads nothing.
// @ts-check
"use strict";

(function () {
  const lang = () => document.documentElement.lang;
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));

  const keys = /** @type {HTMLElement} */ (document.getElementById("keys"));

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
      if (fresh.includes("stage")) {
        drawCurves();
      }
    },
  });

  /** drawCurves draws the curves that stand in the stage, if there are any. */
  function drawCurves() {
    const charts = /** @type {HTMLElement | null} */ (stage.querySelector("[data-drawing=charts]"));
    if (charts) {
      curves().then(() => carrilesSweep.show(charts, charts.querySelector("script")?.textContent || "null"));
    }
  }

  /** @type {Promise<unknown> | null} */
  let loading = null;
  /** curves loads what draws curves, once: few walls need it. */
  function curves() {
    const assets = stage.dataset.assets || "/web";
    const load = (/** @type {HTMLElement} */ part) => new Promise((done, failed) => {
      part.onload = done;
      part.onerror = failed;
      document.head.append(part);
    });
    const script = (/** @type {string} */ name) => load(Object.assign(document.createElement("script"), { src: assets + name }));
    const style = (/** @type {string} */ name) => load(Object.assign(document.createElement("link"), { rel: "stylesheet", href: assets + name }));
    // A curve is drawn as large as its place, which is so large once the styles are there.
    loading ||= Promise.all([
      style("/vendor/uplot/uPlot.min.css"),
      style("/result.css"),
      script("/vendor/uplot/uPlot.iife.min.js").then(() => script("/sweep.js")),
    ]).catch((failed) => {
      loading = null; // the next curves try again
      throw failed;
    });
    return loading;
  }
  drawCurves();

  const console_ = typeof BroadcastChannel === "function" ? new BroadcastChannel("carriles.lead") : null;
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
      return;
    }
    switch (event.key) {
      case "?":
        keys.hidden = !keys.hidden;
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
