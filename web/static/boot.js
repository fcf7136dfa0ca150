// What must happen before the page's wasm is there, or instead of it: the
// remembered size and language, a loading bar, and a plain message where WebAssembly is
// missing or does not arrive. go-app's app.js has already run when this does
// and writes its progress, and its errors, into the loader's label.
// @ts-check
"use strict";

/** @type {(url: string) => Promise<string>} */
var carrilesLoad;

(function () {
  document.documentElement.dataset.projector = String(carrilesLook.remembered("carriles.projector") === "true");
  const lang = carrilesLook.remembered("carriles.lang") || navigator.language || "es";
  const english = lang.toLowerCase().startsWith("en");
  document.documentElement.lang = english ? "en" : "es";

  // The page asks for a script or a style only when it shows what needs it. The
  // promise of one that failed is forgotten, so that it can be asked for again.
  /** @type {Map<string, Promise<string>>} */
  const asked = new Map();
  carrilesLoad = function (url) {
    if (!asked.has(url)) {
      asked.set(url, new Promise((resolve, reject) => {
        const style = url.endsWith(".css");
        const el = Object.assign(document.createElement(style ? "link" : "script"), style ? { rel: "stylesheet", href: url } : { src: url });
        el.addEventListener("load", () => resolve(url));
        el.addEventListener("error", () => {
          asked.delete(url);
          el.remove();
          reject(new Error(url));
        });
        document.head.appendChild(el);
      }));
    }
    return /** @type {Promise<string>} */ (asked.get(url));
  };

  // go-app opens every link of this site as one of its views, whatever its target says:
  // a link with one leads to a document of the server's, and is the browser's.
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a[target]")) {
      event.stopPropagation();
    }
  }, true);

  const texts = {
    loading: ["Cargando la página", "Loading the page"],
    missing: [
      "Este navegador no tiene WebAssembly, que esta página necesita. Pruebe con uno más reciente; las órdenes con curl funcionan sin él.",
      "This browser has no WebAssembly, which this page needs. Try a newer one; the curl commands work without it.",
    ],
    failed: [
      "La página no se ha podido cargar. Compruebe la red y vuelva a cargarla.",
      "The page could not be loaded. Check the network and reload it.",
    ],
    stopped: [
      "La página ha dejado de funcionar. Vuelva a cargarla; lo medido sigue en el servidor.",
      "The page has stopped working. Reload it; what was measured is still on the server.",
    ],
    reload: ["Volver a cargar", "Reload"],
  };

  /**
   * tell replaces the loader's content, or covers the page, with a message in
   * both languages, the reader's first.
   * @param {string[]} text @param {string} detail @param {boolean} offerReload
   */
  function tell(text, detail, offerReload) {
    let box = document.getElementById("app-wasm-loader");
    if (!box) {
      box = document.createElement("aside");
      box.className = "goapp-app-info over";
      document.body.appendChild(box);
    }
    box.textContent = "";
    box.setAttribute("role", "alert");
    const order = english ? [1, 0] : [0, 1];
    for (const i of order) {
      const p = document.createElement("p");
      p.lang = i === 1 ? "en" : "es";
      p.textContent = text[i];
      box.appendChild(p);
    }
    if (detail) {
      const p = document.createElement("p");
      p.className = "soft";
      p.textContent = detail;
      box.appendChild(p);
    }
    if (offerReload) {
      const button = document.createElement("button");
      button.className = "plain";
      button.textContent = texts.reload[english ? 1 : 0];
      button.addEventListener("click", () => location.reload());
      box.appendChild(button);
    }
  }

  // A Go program that panicked leaves the page standing, but dead.
  let told = false;
  window.addEventListener("error", (event) => {
    if (!told && /Go program has already exited/.test(event.message)) {
      told = true;
      tell(texts.stopped, "", true);
    }
  });

  if (typeof WebAssembly !== "object") {
    tell(texts.missing, "", false);
    return;
  }

  const loader = document.getElementById("app-wasm-loader");
  const label = document.getElementById("app-wasm-loader-label");
  if (!loader || !label) {
    return; // it has arrived already
  }
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", texts.loading[english ? 1 : 0]);
  loader.insertBefore(bar, label);

  /** @type {string | null} */
  let seen = null;
  const follow = () => {
    const text = label.textContent;
    if (text === seen || !loader.isConnected) {
      return;
    }
    seen = text;
    const percent = /^\s*(\d+)\s*%/.exec(text);
    if (percent) {
      bar.value = Math.min(100, Number(percent[1]));
    } else if (/^\s*(NaN|Infinity)/.test(text) || text.trim() === "") {
      bar.removeAttribute("value"); // the length is not known
    } else {
      observer.disconnect();
      tell(texts.failed, text, true);
    }
  };
  const observer = new MutationObserver(follow);
  observer.observe(label, { childList: true, characterData: true, subtree: true });
  follow();
})();
