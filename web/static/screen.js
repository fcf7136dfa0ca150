// A page that the server lays out, the wall or a phone in the class: it tells what
// the page shows as events "screen" of a stream, part by part, and this puts each
// part there where it differs, and lets lanes grow. wall.js and join.js say what is
// more to it.
// @ts-check
"use strict";

var carrilesScreen = (function () {
  const LEAST_AXIS = 0.5; // seconds
  const RETRY = 1500; // milliseconds

  /** @type {Map<string, string>} what was put into each part */
  const shown = new Map();

  /**
   * put shows a screen's parts, and gives the names of those that are new. What the
   * page came with is left as it is, with the focus that is in it.
   * @param {Record<string, string>} parts
   */
  function put(parts) {
    const fresh = [];
    for (const [name, html] of Object.entries(parts)) {
      const place = document.getElementById(name);
      if (!place || shown.get(name) === html) {
        continue;
      }
      const first = document.createElement("div");
      first.innerHTML = html; // as the browser writes it
      if (shown.has(name) || place.innerHTML !== first.innerHTML) {
        place.innerHTML = html;
        fresh.push(name);
      }
      shown.set(name, html);
    }
    if (fresh.length > 0) {
      draw();
    }
    return fresh;
  }

  /** draw draws the finished races that are there and are not drawn yet. */
  function draw() {
    for (const place of document.querySelectorAll("[data-drawing=race]:not([data-shown])")) {
      carrilesLanes.show(/** @type {HTMLElement} */ (place), place.querySelector("script")?.textContent || "null");
    }
  }

  /**
   * listen follows a stream of screens, for good: it begins anew when it was lost,
   * when the page comes back from where browsers keep what one has left, and when the
   * address changes.
   * @param {{ enter?: () => Promise<void>, address: () => string, heard: (screen: Screen, fresh: string[]) => void }} page
   *   enter must succeed before; it throws what is shown while the stream is lost
   */
  function listen({ enter, address, heard }) {
    /** @type {EventSource | null} */
    let news = null;
    let retry = 0;
    let tried = 0; // of several attempts the last one counts

    /** @param {string} [why] */
    function lose(why) {
      stop();
      document.documentElement.dataset.lost = "";
      const place = document.getElementById("link");
      const notice = /** @type {HTMLTemplateElement | null} */ (document.getElementById("lost"));
      if (place && notice && (why || place.childElementCount === 0)) {
        place.replaceChildren(notice.content.cloneNode(true));
        place.firstElementChild?.append(why ? " " + why : "");
      }
      retry = window.setTimeout(open, RETRY);
    }

    function stop() {
      tried++;
      clearTimeout(retry);
      news?.close();
      news = null;
    }

    async function open() {
      stop();
      const mine = tried;
      try {
        await enter?.();
      } catch (e) {
        if (mine === tried) {
          lose(e instanceof TypeError ? "" : String(/** @type {Error} */ (e).message));
        }
        return;
      }
      if (mine !== tried) {
        return;
      }
      news = new EventSource(address());
      news.addEventListener("screen", (event) => {
        delete document.documentElement.dataset.lost;
        document.getElementById("link")?.replaceChildren();
        /** @type {Screen} */
        const screen = JSON.parse(/** @type {MessageEvent} */ (event).data);
        heard(screen, put(screen.parts));
      });
      news.addEventListener("error", () => lose());
    }

    // A page that one has left keeps its stream, and a browser opens no more than six
    // connections to a server. One that was asleep may hold a stream that is dead.
    window.addEventListener("pagehide", stop);
    window.addEventListener("pageshow", (event) => event.persisted && open());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && open());
    open();
    return open;
  }

  /** later is a step of the axis's length above a time, so that it seldom changes. @param {number} seconds */
  function later(seconds) {
    let step = LEAST_AXIS;
    while (step < seconds) {
      step *= 1.5;
    }
    return step;
  }

  /**
   * growing lets lanes grow in an element as events tell of them.
   * @param {HTMLElement} root @param {Race} race without lanes
   */
  function growing(root, race) {
    /** @type {Map<string, { now: number, over: boolean, at: number }>} what is known of each method's round */
    const rounds = new Map();
    race.max = LEAST_AXIS;
    carrilesLanes.show(root, JSON.stringify(race));
    // The clocks beside the lanes go on between two events.
    const clocks = setInterval(() => {
      for (const [method, r] of rounds) {
        const clock = root.querySelector('[data-clock="' + method + '"]');
        if (clock) {
          const seconds = r.now + (r.over ? 0 : (performance.now() - r.at) / 1000);
          clock.textContent = seconds.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
        }
      }
    }, 100);
    return {
      /** @param {string} data a LanesEvent */
      take(data) {
        /** @type {LanesEvent} */
        const event = JSON.parse(data);
        rounds.set(event.method, { now: event.now_s, over: event.over === true, at: performance.now() });
        const max = later(1.2 * Math.max(...[...rounds.values()].map((r) => r.now)));
        if (max > race.max) {
          race.max = max;
          carrilesLanes.show(root, JSON.stringify(race));
        }
        const growths = [...rounds].map(([method, r]) => ({ method, now: r.now, moving: !r.over }));
        carrilesLanes.grow(root, JSON.stringify(growths), "[" + data + "]");
      },
      end: () => clearInterval(clocks),
    };
  }

  draw();
  return { listen, growing };
})();
