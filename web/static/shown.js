// What the scripts that draw have in common: the palette as it is now, and what
// is drawn where. It comes before them.
// @ts-check
"use strict";

// A var, here and in the others: Go looks for it on the window.
var carrilesShown = (function () {
  /**
   * ink gives colours of the palette as they are now: light, dark or for paper.
   * @param {string[]} names as in tokens.css, without the dashes
   * @returns {Record<string, string>} each as rgb(r, g, b)
   */
  function ink(names) {
    const probe = document.documentElement.appendChild(document.createElement("i"));
    probe.hidden = true;
    /** @type {Record<string, string>} */
    const colours = {};
    for (const name of names) {
      probe.style.color = "var(--" + name + ")";
      colours[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return colours;
  }

  /**
   * places keeps what is drawn in which element. draw is called again with other
   * colours or another size, drop when the page no longer shows the element.
   * @template {{ root: HTMLElement }} State
   * @param {{ draw: (state: State) => void, drop: (state: State) => void, size: (root: HTMLElement) => number | string }} owner
   */
  function places({ draw, drop, size }) {
    /** @type {Map<HTMLElement, { state: State, watch: ResizeObserver }>} */
    const shown = new Map();

    function prune() {
      for (const [root, { state, watch }] of shown) {
        if (!root.isConnected) {
          watch.disconnect();
          drop(state);
          shown.delete(root);
        }
      }
    }

    function drawAll() {
      prune();
      shown.forEach(({ state }) => draw(state));
    }

    new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    for (const query of ["(prefers-color-scheme: dark)", "print"]) {
      window.matchMedia(query).addEventListener("change", drawAll);
    }

    return {
      /** @param {HTMLElement} root */
      of(root) {
        return shown.get(root)?.state;
      },

      /** @param {State} state */
      add(state) {
        prune();
        let was = size(state.root);
        const watch = new ResizeObserver(() => {
          if (size(state.root) !== was) {
            was = size(state.root);
            draw(state);
          }
        });
        watch.observe(state.root);
        shown.set(state.root, { state, watch });
      },
    };
  }

  return { ink, places };
})();
