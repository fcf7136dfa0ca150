// A phone in the class: it joins, sends what its reader predicts, and measures the
// batch in this browser when it is asked to. What it shows the server lays out
// (screen.js); what is this reader's alone, the own prediction and the own time, this
// keeps and puts into its places: [data-place].
//
// It needs no WebAssembly before somebody measures, and then only the programs of the
// Web Workers (compute.js).
// @ts-check
"use strict";

(function () {
  const assets = document.currentScript instanceof HTMLScriptElement ? document.currentScript.dataset.assets || "/web" : "/web";
  const root = document.documentElement;
  const STAR_FLIPS = 60; // percent of the axis: from there on no room for words is left

  /** @param {string} selector @returns {HTMLElement | null} */
  const find = (selector) => document.querySelector(selector);
  /** @param {string} id @returns {HTMLElement} */
  const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @param {number} x @param {number} decimals */
  const number = (x, decimals) => x.toLocaleString(root.lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const ratio = (/** @type {number} */ x) => number(x, 2) + "×";
  const seconds = (/** @type {number} */ x) => number(x, x < 1 ? 3 : x < 100 ? 2 : 0) + "\u00a0s";
  /** fill puts values between a text's braces. @param {string | undefined} text @param {Record<string, string | number>} values */
  const fill = (text, values) => (text || "").replace(/{(\w+)}/g, (_, key) => String(values[key]));

  /** @param {Storage} store @param {string} key @param {unknown} [value] what is kept from now on */
  function kept(store, key, value) {
    try {
      if (value !== undefined) {
        store.setItem(key, typeof value === "string" ? value : JSON.stringify(value));
      }
      return store.getItem(key);
    } catch (e) {
      return null; // the browser forbids it: then nothing is kept
    }
  }

  function newMember() {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    return [...crypto.getRandomValues(new Uint8Array(26))].map((x) => letters[x % 32]).join("");
  }

  const member = kept(localStorage, "carriles.member") || newMember();
  kept(localStorage, "carriles.member", member);
  /** @type {{ member: string, round: number, winner: string, factor: number, sent?: boolean }} what was sent, or is being chosen */
  let mine = JSON.parse(kept(sessionStorage, "carriles.prediction") || "null") || { member, round: 0, winner: "", factor: 2 };
  mine.sent = mine.round !== 0;
  /** @type {{ round: number, seconds: number }} this browser's time that was sent */
  let own = JSON.parse(kept(sessionStorage, "carriles.own") || "null") || { round: 0, seconds: 0 };

  /** @type {{ turn: number, value: number }} the value that this browser has of the class's turn */
  let taken = JSON.parse(kept(sessionStorage, "carriles.taken") || "null") || { turn: 0, value: 0 };
  let joined = false;
  let taking = 0; // the turn of which a value is being asked for

  // --- the class ---------------------------------------------------------------

  /** post sends something to the class; it throws the server's sentence. @param {string} what @param {object} body */
  async function post(what, body) {
    const answer = await fetch("/api/class/" + what + "/", {
      method: "POST",
      cache: "no-store",
      headers: { "Content-Type": "application/json", "Accept-Language": root.lang },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout?.(20000),
    });
    const told = await answer.json().catch(() => null);
    if (!answer.ok) {
      throw new Error(told?.error || String(answer.status));
    }
    return told;
  }

  function device() {
    if (matchMedia("(pointer: coarse)").matches) {
      return "phone";
    }
    return matchMedia("(pointer: fine)").matches ? "laptop" : "unknown";
  }

  /** trouble says what went wrong; nothing, if it is empty. @param {string} text */
  function trouble(text) {
    const place = part("trouble");
    place.replaceChildren();
    if (text) {
      const notice = place.appendChild(document.createElement("p"));
      notice.className = "problem";
      notice.dataset.testid = "error";
      notice.textContent = text;
    }
  }

  /** @param {string | undefined} text for a screen reader */
  function say(text) {
    part("said").textContent = text || "";
  }

  /** enter joins the class; what is asked of it before is refused. @param {object} who */
  async function enter(who) {
    await post("join", who);
    joined = true;
    showTurn();
  }

  root.lang = (carrilesLook.remembered("carriles.lang") || root.lang).toLowerCase().startsWith("en") ? "en" : "es";
  const listen = carrilesScreen.listen({
    enter: () => enter({ member, device: device(), cores: Math.min(1024, navigator.hardwareConcurrency || 0) }),
    address: () => "/join/events?member=" + member + "&lang=" + root.lang,
    heard(screen, fresh) {
      if (screen.left_s !== undefined) {
        over = performance.now() + 1000 * screen.left_s;
      }
      if (fresh.length > 0) {
        show();
      }
    },
  });

  // --- what is this reader's alone ----------------------------------------------

  /** roundOf is the number of the round that a part is about; 0 for none. @param {string} id */
  const roundOf = (id) => Number(find("#" + id + " [data-round]")?.dataset.round || 0);

  /** show puts what is the reader's into the parts that are there. */
  function show() {
    showPrediction();
    showTurn();
    for (const place of document.querySelectorAll("[data-place=mine]")) {
      const about = Number(/** @type {HTMLElement} */ (place.closest("[data-round]")).dataset.round);
      const winner = mine.sent && mine.round === about ? mine.winner : "";
      const said = /** @type {HTMLTemplateElement | null} */ (place.parentElement?.querySelector('template[data-mine="' + winner + '"]'));
      place.replaceChildren(...(said ? [said.content.cloneNode(true)] : []));
      const factor = place.querySelector("[data-place=factor]");
      if (factor && mine.factor > 1) {
        factor.textContent = ", " + ratio(mine.factor);
      }
    }
    showOwn();
    tick();
  }

  function showPrediction() {
    const form = /** @type {HTMLFormElement | null} */ (find("form.predict"));
    if (!form) {
      return;
    }
    const round = Number(form.dataset.round);
    if (round > mine.round || !mine.sent && round !== mine.round) {
      mine = { member, round, winner: "", factor: 2, sent: false };
      say(form.dataset.say);
    }
    for (const option of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=winner]"))) {
      option.checked = option.value === mine.winner;
    }
    const chosen = /** @type {HTMLElement | null} */ (form.querySelector("[name=winner]:checked"));
    const open = !chosen || chosen.dataset.factor !== undefined;
    const slider = /** @type {HTMLInputElement} */ (form.querySelector("#factor"));
    slider.disabled = !open;
    slider.value = String(mine.factor);
    const text = ratio(open ? mine.factor : 1);
    slider.setAttribute("aria-valuetext", text);
    /** @type {HTMLElement} */ (form.querySelector("output")).textContent = text;
    const button = /** @type {HTMLButtonElement} */ (form.querySelector(".primary"));
    button.disabled = mine.winner === "" || mine.sent === true;
    button.textContent = (mine.sent ? button.dataset.sent : button.dataset.send) || "";
  }

  /** showTurn shows this browser's value of the turn; one that has none takes any. */
  function showTurn() {
    const place = find("[data-turn]");
    const turn = Number(place?.dataset.turn || 0);
    if (!turn || !joined) {
      return;
    }
    if (taken.turn !== turn) {
      take(turn, 0);
      return;
    }
    const text = /** @type {HTMLElement} */ (find("[data-place=value]"));
    text.textContent = fill(text.dataset.text, { value: taken.value });
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-do=take]"))) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.value) === taken.value));
    }
  }

  /** take asks for a value of the turn; 0 is any. @param {number} turn @param {number} value */
  async function take(turn, value) {
    if (taking === turn) {
      return;
    }
    taking = turn;
    try {
      taken = { turn, value: (await post("take", { member, turn, value })).value };
      kept(sessionStorage, "carriles.taken", taken);
      own = { round: 0, seconds: 0 }; // it was of another batch
      trouble("");
    } catch (e) {
      trouble(/** @type {Error} */ (e).message);
      return;
    } finally {
      taking = 0;
    }
    show();
  }

  async function send() {
    const open = !/** @type {HTMLInputElement} */ (find("#factor")).disabled;
    const sent = { member, round: mine.round, winner: mine.winner, factor: open ? mine.factor : 1 };
    trouble("");
    try {
      await post("predict", sent);
    } catch (e) {
      trouble(/** @type {Error} */ (e).message);
      return;
    }
    mine = { ...sent, sent: true };
    kept(sessionStorage, "carriles.prediction", sent);
    say(find("form.predict")?.dataset.sent);
    show();
  }

  /** when what is shown will be over, by performance.now; 0 if it is not known */
  let over = 1000 * Number(find("main")?.dataset.left || 0);

  function tick() {
    const place = find("[data-place=left]");
    if (place && over) {
      const left = (over - performance.now()) / 1000;
      place.textContent = left >= 1 ? fill(place.dataset.text, { n: number(left, 0) }) : place.dataset.late || "";
    }
  }
  setInterval(tick, 1000);

  // --- the same batch in this browser --------------------------------------------

  /** @type {{ worker: Worker, round: number, end: () => void, phase: string, n: number, all: number } | null} */
  let measuring = null;

  function showOwn() {
    const round = roundOf("own");
    if (measuring && measuring.round !== round) {
      stop();
    }
    const button = /** @type {HTMLButtonElement | null} */ (find("[data-do=measure]"));
    const progress = find("[data-place=progress]");
    const time = find("[data-testid=own-time]");
    if (!button || !progress || !time) {
      return;
    }
    const has = own.round === round;
    button.hidden = measuring !== null;
    progress.hidden = measuring === null;
    time.hidden = !has;
    time.textContent = has ? fill(time.dataset.text, { time: seconds(own.seconds) }) : "";
    if (has) {
      button.textContent = button.dataset.again || "";
    }
    showProgress();
    showStar(has);
  }

  function showProgress() {
    const place = find("[data-place=progress]");
    if (place && measuring) {
      const { phase, n, all } = measuring;
      const text = phase === "download" ? place.dataset.download : place.dataset.image;
      /** @type {HTMLElement} */ (place.querySelector("p")).textContent = all ? fill(text, { n, all }) : "…";
      const bar = /** @type {HTMLProgressElement} */ (place.querySelector("progress"));
      if (all) {
        bar.value = n / all;
      }
    }
  }

  /** showStar marks this browser among the class's. @param {boolean} has */
  function showStar(has) {
    const star = find("[data-place=star]");
    const dot = /** @type {HTMLElement | undefined} */ ([...document.querySelectorAll(".dot:not(.mine)")].find((d) => has && Number(/** @type {HTMLElement} */ (d).dataset.seconds) === own.seconds));
    if (star) {
      star.hidden = !dot && !find(".dot.mine");
    }
    if (dot && dot.parentElement) { // it stands above the others
      const track = dot.parentElement;
      const levels = parseFloat(track.style.height);
      dot.style.bottom = levels + "em";
      track.style.height = levels + 2 + "em";
      dot.className = "dot mine" + (parseFloat(dot.style.left) > STAR_FLIPS ? " flipped" : "");
      dot.textContent = seconds(own.seconds);
    }
  }

  function stop() {
    measuring?.end();
    measuring = null;
  }

  /** measure has the batch measured by a Web Worker, which is told by result.BrowserJob. @param {HTMLElement} button */
  function measure(button) {
    const { incomplete = "", broken = "" } = button.dataset;
    const jobs = JSON.parse(find("[data-place=jobs]")?.textContent || "{}");
    const job = button.dataset.job || jobs[taken.value] || "";
    const race = /** @type {HTMLElement | null} */ (find("[data-place=race]"));
    const worker = new Worker(assets + "/compute.js");
    const words = find("#own script");
    const lanes = race && words ? carrilesScreen.growing(race, JSON.parse(words.textContent || "null")) : null;
    const run = measuring = {
      worker, round: roundOf("own"), phase: "download", n: 0, all: 0,
      end() {
        worker.terminate();
        lanes?.end();
      },
    };
    /** @param {string} [text] */
    const fail = (text) => {
      stop();
      trouble(text || broken);
      show();
    };
    trouble("");
    show();
    worker.addEventListener("error", (event) => fail(broken + (event.message ? ": " + event.message : "")));
    worker.addEventListener("message", ({ data }) => {
      if (measuring !== run) {
        return;
      }
      switch (data.type) {
        case "lanes":
          lanes?.take(data.text);
          break;
        case "progress": {
          const p = JSON.parse(data.text);
          run.phase = p.phase;
          run.n = p.phase === "download" ? p.overall : p.done;
          run.all = p.phase === "download" ? p.overall_total : p.total;
          showProgress();
          break;
        }
        case "broken":
          fail(broken + ": " + data.text);
          break;
        case "done":
          report(run.round, JSON.parse(data.text).comparison.results.browser, incomplete);
      }
    });
    worker.postMessage({ type: "run", job });
  }

  /**
   * report sends this browser's time, if all images are there.
   * @param {number} round @param {{ time: number, processed_count: number, success_count: number, environment?: { simd: string } }} m
   * @param {string} incomplete
   */
  async function report(round, m, incomplete) {
    stop();
    show();
    if (m.success_count < m.processed_count) {
      trouble(incomplete);
      return;
    }
    const result = { member, round, seconds: m.time, images: m.processed_count, simd: m.environment?.simd || "" };
    try {
      await post("result", result);
    } catch (e) {
      trouble(/** @type {Error} */ (e).message);
      return;
    }
    own = result;
    kept(sessionStorage, "carriles.own", result);
    say(find("#own [data-member-time]")?.dataset.memberTime);
    show();
  }

  // --- what is pressed ------------------------------------------------------------

  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "winner") {
      mine = { ...mine, winner: target.value, sent: false };
      showPrediction();
    }
  });
  document.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && target.id === "factor") {
      mine = { ...mine, factor: Number(target.value), sent: false };
      showPrediction();
    }
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-do]")) : null;
    switch (button?.dataset.do) {
      case "lang":
        root.lang = root.lang === "es" ? "en" : "es";
        kept(localStorage, "carriles.lang", root.lang);
        listen();
        break;
      case "theme": {
        const dark = (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
        root.dataset.theme = dark ? "light" : "dark";
        kept(localStorage, "carriles.theme", root.dataset.theme);
        break;
      }
      case "take":
        take(Number(find("[data-turn]")?.dataset.turn || 0), Number(button.dataset.value));
        break;
      case "measure":
        measure(button);
        break;
      case "stop":
        stop();
        show();
    }
  });
  show();
})();
