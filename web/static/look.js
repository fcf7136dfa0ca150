// What every page does before all else: the remembered colours, and F for the whole
// screen. It comes before boot.js, and before screen.js.
// @ts-check
"use strict";

var carrilesLook = (function () {
  /** @param {string} key */
  function remembered(key) {
    try {
      return localStorage.getItem(key);
    } catch (e) {
      return null; // the browser forbids it: then nothing is remembered
    }
  }

  const theme = remembered("carriles.theme");
  if (theme === "dark" || theme === "light") {
    document.documentElement.dataset.theme = theme;
  }

  // F shows the page on the whole screen, and again as before.
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.key.toLowerCase() !== "f" || event.ctrlKey || event.metaKey || event.altKey || event.repeat || target.closest("input, select, textarea, dialog")) {
      return;
    }
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      // Where it is forbidden, the page stays as it is.
      document.documentElement.requestFullscreen?.().catch(() => {});
    }
  });

  return { remembered };
})();
