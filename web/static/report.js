// What draws in a report: it hands the page's scripts, which come before it, what
// stands beside each drawing, and of a race the lanes that stand in the run. What
// it has drawn needs no table any more: that folds away.
// @ts-check
"use strict";

(function () {
  const json = (/** @type {ParentNode} */ place, /** @type {string} */ selector) => place.querySelector(selector)?.textContent || "null";
  document.documentElement.dataset.drawn = "";
  /** @type {NodeListOf<HTMLElement>} */
  const all = document.querySelectorAll("[data-drawing]");
  for (const place of all) {
    const data = json(place, "script");
    if (place.dataset.drawing === "race") {
      const run = JSON.parse(json(document, "#run"));
      carrilesLanes.show(place, JSON.stringify({ ...JSON.parse(data), methods: run.result.timelines || [] }));
    } else {
      carrilesSweep.show(place, data);
    }
    place.parentElement?.querySelector("details")?.removeAttribute("open");
  }
})();
