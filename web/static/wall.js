// The wall: one screen for the audience. The server lays it out and tells what it
// shows, as events "wall" of /wall/events; this script puts that there, draws the
// lanes with the page's own scripts, and lets those of a run under way grow.
//
// Keys: f fills the screen, l changes the language, ? shows the keys. What a clicker sends goes to the
// presenter's console, if that is a tab of this browser: the wall leads nothing.
// @ts-check
"use strict";

(function () {
  const lang = () => document.documentElement.lang;
  const head = /** @type {HTMLElement} */ (document.getElementById("head"));
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  const keys = /** @type {HTMLElement} */ (document.getElementById("keys"));
  const LEAST_AXIS = 0.5; // seconds

  /** @type {EventSource | null} */
  let growing = null;
  /** @type {Map<string, { now: number, over: boolean, at: number }>} what is known of each method's round */
  const rounds = new Map();
  /** @type {Race | null} */
  let race = null;

  /** later is a step of the axis's length above a time, so that it seldom changes. @param {number} seconds */
  function later(seconds) {
    let step = LEAST_AXIS;
    while (step < seconds) {
      step *= 1.5;
    }
    return step;
  }

  /** follow lets the lanes of a run grow. @param {string} run @param {Race} data */
  function follow(run, data) {
    stopGrowing();
    race = data;
    race.max = LEAST_AXIS;
    const root = /** @type {HTMLElement | null} */ (stage.querySelector(".race"));
    if (!root) {
      return;
    }
    carrilesLanes.show(root, JSON.stringify(race));
    growing = new EventSource("/api/runs/" + encodeURIComponent(run) + "/events/");
    growing.addEventListener("lanes", (event) => grow(root, /** @type {MessageEvent} */ (event).data));
  }

  /** grow adds an event's lanes. @param {HTMLElement} root @param {string} data a LanesEvent */
  function grow(root, data) {
    /** @type {LanesEvent} */
    const event = JSON.parse(data);
    rounds.set(event.method, { now: event.now_s, over: event.over === true, at: performance.now() });
    const max = later(1.2 * Math.max(...[...rounds.values()].map((r) => r.now)));
    if (race && max > race.max) {
      race.max = max;
      carrilesLanes.show(root, JSON.stringify(race));
    }
    const growths = [...rounds].map(([method, r]) => ({ method, now: r.now, moving: !r.over }));
    carrilesLanes.grow(root, JSON.stringify(growths), "[" + data + "]");
  }

  // The clocks beside the lanes go on between two events.
  setInterval(() => {
    for (const [method, r] of rounds) {
      const clock = stage.querySelector('[data-clock="' + method + '"]');
      if (clock) {
        const seconds = r.now + (r.over ? 0 : (performance.now() - r.at) / 1000);
        clock.textContent = seconds.toLocaleString(lang(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
      }
    }
  }, 100);

  function stopGrowing() {
    growing?.close();
    growing = null;
    rounds.clear();
  }

  /** drawn draws a finished race that stands in the stage. */
  function drawn() {
    const place = /** @type {HTMLElement | null} */ (stage.querySelector("[data-drawing=race]"));
    if (place) {
      carrilesLanes.show(place, place.querySelector("script")?.textContent || "null");
    }
    const charts = /** @type {HTMLElement | null} */ (stage.querySelector("[data-drawing=charts]"));
    if (charts) {
      curves().then(() => carrilesSweep.show(charts, charts.querySelector("script")?.textContent || "null"));
    }
  }

  /** @type {Promise<unknown> | null} */
  let loading = null;
  /** curves loads what draws curves, once: few walls need it. */
  function curves() {
    const load = (/** @type {string} */ src) => new Promise((done, failed) => {
      const script = document.head.appendChild(document.createElement("script"));
      script.onload = done;
      script.onerror = failed;
      script.src = src;
    });
    if (!loading) {
      const style = document.head.appendChild(document.createElement("link"));
      style.rel = "stylesheet";
      style.href = "/web/vendor/uplot/uPlot.min.css";
      loading = load("/web/vendor/uplot/uPlot.iife.min.js").then(() => load("/web/sweep.js"));
    }
    return loading;
  }

  /** put shows a screen. @param {{ head: string, stage: string, key: string, run: string, race?: Race }} screen */
  function put(screen) {
    if (screen.head !== shownHead) { // not of the element: browsers write it otherwise
      head.innerHTML = shownHead = screen.head;
    }
    const grows = screen.run !== "" && screen.key === stage.dataset.key;
    if (!grows && screen.stage !== shown) {
      stopGrowing();
      stage.innerHTML = shown = screen.stage;
      stage.dataset.key = screen.key;
      drawn();
    }
    if (screen.run && screen.race && !growing) {
      follow(screen.run, screen.race);
    }
  }
  let shown = "";
  let shownHead = "";

  /** @type {EventSource | null} */
  let news = null;
  function listen() {
    news?.close();
    news = new EventSource("/wall/events?lang=" + lang());
    news.addEventListener("wall", (event) => put(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    news.addEventListener("open", () => delete document.documentElement.dataset.lost);
    news.addEventListener("error", () => {
      document.documentElement.dataset.lost = "";
      if (news?.readyState === EventSource.CLOSED) {
        setTimeout(listen, 1000);
      }
    });
  }

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
  drawn();
  listen();
})();
