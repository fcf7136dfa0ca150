// <room-part>: taking part in the room with this browser, and with the attribute
// "devices" who else is in it, which the presenter may end, remove or keep out.
//
// A browser computes for the room only after its reader has pressed the button. Two Web
// Workers do it (compute.js): one holds the connection, the other computes. What takes
// part is the tab, not the element: another view of the page shows it again. While the
// tab is hidden it pauses, for a phone stops what nobody sees.
// @ts-check
"use strict";

(function () {
  const assets = document.currentScript instanceof HTMLScriptElement ? new URL(".", document.currentScript.src).pathname : "/web/";
  const root = document.documentElement;
  const CODE = /^#?([A-Za-z]{8})$/;
  const POLL = 1500; // ms between two looks at who is there

  /** @type {Record<string, [string, string]>} */
  const texts = {
    take: ["Participar con este navegador", "Take part with this browser"],
    leave: ["Dejar de participar", "Stop taking part"],
    why: [
      "Este navegador calcula imágenes para la clase, con un núcleo, mientras la página se vea.",
      "This browser computes images for the class, on one core, as long as the page is seen.",
    ],
    code: ["Código de la sala, ocho letras", "Code of the room, eight letters"],
    joining: ["Entrando en la sala…", "Joining the room…"],
    waiting: ["En la sala: espera un lote", "In the room: it waits for a batch"],
    busy: ["Calculando para la sala", "Computing for the room"],
    paused: ["En pausa: la página está oculta", "Paused: the page is hidden"],
    off: ["Sin conexión: lo vuelve a intentar", "No connection: it tries again"],
    broken: ["El programa terminó: pulse otra vez", "The program has ended: press again"],
    done: ["imágenes hechas", "images done"],
    room: ["La sala", "The room"],
    nobody: ["Nadie participa todavía.", "Nobody takes part yet."],
    kill: ["Terminar su trabajo", "End its work"],
    remove: ["Sacar", "Remove"],
    open: ["Dejar participar", "Let them take part"],
    close: ["Nadie participa", "Nobody takes part"],
    closed: ["Cerrada: nadie participa.", "Closed: nobody takes part."],
    machine: ["máquina", "machine"],
    browser: ["navegador", "browser"],
  };
  /** @type {Record<string, [string, string]>} the host's words for what a device does */
  const states = {
    joining: ["entrando", "joining"],
    idle: ["libre", "idle"],
    preparing: ["preparándose", "getting ready"],
    resting: ["preparándose", "getting ready"],
    ready: ["con un lote", "with a batch"],
    paused: ["en pausa", "paused"],
  };
  const english = () => root.lang.startsWith("en");
  /** @param {string} key @param {Record<string, [string, string]>} [of] */
  const say = (key, of = texts) => (of[key] || [key, key])[english() ? 1 : 0];

  /** @param {string} key @param {string} [value] */
  function kept(key, value) {
    try {
      if (value !== undefined) {
        sessionStorage.setItem(key, value);
      }
      return sessionStorage.getItem(key) || "";
    } catch (e) {
      return ""; // the browser forbids it: then nothing is kept
    }
  }
  const token = () => kept("carriles.token");

  /** @param {string} path @param {object} [body] */
  async function ask(path, body) {
    /** @type {Record<string, string>} */
    const headers = { "Accept-Language": root.lang };
    if (token()) {
      headers.Authorization = "Bearer " + token();
    }
    if (body) {
      headers["Content-Type"] = "application/json";
    }
    const answer = await fetch(path, { method: body ? "POST" : "GET", headers, cache: "no-store", body: body && JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) {
      throw new Error(said.error || String(answer.status));
    }
    return said;
  }

  // --- this browser ------------------------------------------------------------

  /** @type {{ worker: Worker | null, state: string, done: number, error: string }} */
  const own = { worker: null, state: "", done: 0, error: "" };
  /** @type {Set<RoomPart>} */
  const shown = new Set();
  const show = () => shown.forEach((part) => part.show());

  // What others see of this browser: its system, which its owner recognizes.
  function name() {
    const system = /Android|iPhone|iPad|CrOS|Windows|Mac OS|Linux/.exec(navigator.userAgent);
    const program = /Firefox|Edg|Chrome|Safari/.exec(navigator.userAgent);
    return [system?.[0].replace("Mac OS", "Mac"), program?.[0].replace("Edg", "Edge")].filter(Boolean).join(" ") || say("browser");
  }

  /** @param {string} code */
  function take(code) {
    const worker = new Worker(assets + "compute.js");
    own.worker = worker;
    Object.assign(own, { state: "joining", done: 0, error: "" });
    worker.onmessage = (message) => {
      if (worker !== own.worker) {
        return;
      }
      if (message.data.type === "broken") {
        stop(say("broken"));
        return;
      }
      const news = JSON.parse(message.data.text);
      own.done = news.done;
      own.state = !news.in ? "off" : news.busy ? "busy" : "waiting";
      if (news.in) {
        kept("carriles.room", code);
      }
      if (news.error) {
        kept("carriles.room", "");
        stop(english() ? news.error.en : news.error.es);
        return;
      }
      show();
    };
    worker.onerror = () => stop(say("broken"));
    worker.postMessage({ type: "join", job: JSON.stringify({ code: code.toUpperCase(), name: name(), lang: root.lang }) });
    hidden();
    show();
  }

  /** @param {string} why */
  function stop(why) {
    own.worker?.terminate();
    Object.assign(own, { worker: null, state: "", error: why });
    show();
  }

  function hidden() {
    own.worker?.postMessage({ type: "pause", on: document.hidden });
    show();
  }
  document.addEventListener("visibilitychange", hidden);

  // --- what is seen of it ------------------------------------------------------

  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag @param {Record<string, any>} props @param {(Node | string)[]} inside
   * @returns {HTMLElementTagNameMap[K]}
   */
  function make(tag, props, ...inside) {
    const { test, ...rest } = props;
    const el = document.createElement(tag);
    Object.assign(el, rest);
    if (test) {
      el.dataset.testid = test;
    }
    el.append(...inside);
    return el;
  }

  class RoomPart extends HTMLElement {
    /** @type {any} who is in the room, as the host has said */
    view = null;

    connectedCallback() {
      if (!this.firstChild) {
        this.field = make("input", { className: "code", maxLength: 8, autocomplete: "off", test: "room-code" });
        this.label = make("label", { className: "field" }, make("span", {}), this.field);
        this.button = make("button", { type: "button", className: "plain", test: "take-part", onclick: () => this.press() });
        this.state = make("p", { className: "strong", test: "taking-part" });
        this.state.setAttribute("role", "status");
        this.why = make("p", { className: "hint" });
        const card = make("section", { className: "card stack room" });
        if (this.hasAttribute("devices")) {
          this.list = make("ul", { className: "devices" });
          this.control = make("p", {});
          this.summary = make("summary", {});
          this.fold = make("details", { test: "room", ontoggle: () => this.look() }, this.summary, this.list, this.control);
          card.append(this.fold);
        }
        card.append(this.state, this.label, this.button, this.why);
        this.append(card);
      }
      shown.add(this);
      this.timer = setInterval(() => this.look(), POLL);
      this.watch = new MutationObserver(() => this.show());
      this.watch.observe(root, { attributeFilter: ["lang"] });
      this.show();
    }

    disconnectedCallback() {
      shown.delete(this);
      clearInterval(this.timer);
      this.watch?.disconnect();
    }

    code() {
      return (CODE.exec(location.hash) || CODE.exec(kept("carriles.room")) || CODE.exec(this.field?.value || ""))?.[1];
    }

    async press() {
      if (own.worker) {
        stop("");
        return;
      }
      let code = this.code();
      if (!code && token()) {
        code = (await ask("/api/room/").catch(() => ({}))).code;
      }
      if (code) {
        take(code);
        return;
      }
      this.field?.focus();
    }

    show() {
      if (!this.state || !this.button || !this.why || !this.label || !this.field) {
        return;
      }
      const state = document.hidden && own.worker ? "paused" : own.state;
      this.dataset.state = state;
      this.dataset.done = String(own.done);
      this.state.textContent = own.error || (state && say(state)) + (own.done ? " · " + own.done + " " + say("done") : "");
      this.state.hidden = !this.state.textContent;
      this.button.textContent = say(own.worker ? "leave" : "take");
      this.why.textContent = say("why");
      const known = CODE.test(location.hash) || CODE.test(kept("carriles.room")) || Boolean(token());
      this.label.hidden = Boolean(own.worker) || known;
      /** @type {HTMLElement} */ (this.label.firstChild).textContent = say("code");
      if (this.summary) {
        this.summary.textContent = say("room") + (this.view ? ": " + this.view.devices.length : "");
        this.devices();
      }
    }

    async look() {
      if (!this.fold?.open || document.hidden) {
        return;
      }
      this.view = await ask("/api/room/").catch(() => this.view);
      this.show();
    }

    devices() {
      const view = this.view;
      if (!view || !this.list || !this.control) {
        return;
      }
      const leads = Boolean(token());
      /** @param {object} what */
      const control = async (what) => {
        this.view = { ...view, ...(await ask("/api/room/control/", what).catch(() => view)) };
        this.show();
      };
      const rows = view.devices.map((/** @type {any} */ d) => {
        const row = make("li", { test: "device" },
          make("b", {}, d.name), " ",
          make("span", { className: "soft" }, [say(d.kind), d.lanes + "×", say(d.silent ? "off" : d.state, d.silent ? texts : states), d.tasks_completed + " " + say("done")].join(" · ")));
        row.dataset.device = d.name;
        row.dataset.kind = d.kind;
        row.dataset.state = d.state;
        if (leads) {
          row.append(" ",
            make("button", { type: "button", className: "chip", test: "kill-device", disabled: d.state !== "ready", onclick: () => control({ action: "kill", id: d.id }) }, say("kill")), " ",
            make("button", { type: "button", className: "chip", test: "remove-device", onclick: () => control({ action: "remove", id: d.id }) }, say("remove")));
        }
        return row;
      });
      this.list.replaceChildren(...(rows.length ? rows : [make("li", { className: "hint" }, say(view.open ? "nobody" : "closed"))]));
      this.control.replaceChildren();
      if (leads) {
        const action = view.open ? "close" : "open";
        this.control.append(make("button", { type: "button", className: "chip", test: "room-switch", onclick: () => control({ action }) }, say(action)),
          ...(view.code ? [" ", make("span", { className: "soft" }, say("code") + ": "), make("b", { test: "code" }, view.code)] : []));
      }
    }
  }
  customElements.define("room-part", RoomPart);
})();
