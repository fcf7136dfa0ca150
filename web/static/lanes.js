// The race: what every worker of every method did when, all methods on one time
// axis, on one canvas a method. The page hands over the whole of it once, as
// JSON; from then on this script draws, plays it again, and answers to the
// pointer and the keyboard without asking the page. Of a method that is being
// measured it hands over the server's events as they come: then the lanes grow.
// The drawing itself is in tracks.js, which comes first.
// @ts-check
"use strict";

var carrilesLanes = (function () {
  const { Track, Growing, WAYS, length } = carrilesTracks;
  // Between two stages there always is a wait: one that takes a smaller part of
  // the axis is too short to be seen or to stop at.
  const LEAST_IDLE = 0.002;

  const places = carrilesShown.places({
    draw: redraw,
    drop(state) {
      stop(state);
      cancelAnimationFrame(state.following);
    },
    size: (root) => root.clientWidth + "x" + root.clientHeight,
  });

  /** @param {RaceState} state @param {string} name @returns {HTMLElement | null} */
  const part = (state, name) => state.root.querySelector("[data-lanes=" + name + "]");

  /** follow paints what moves once a frame, and ends with it. @param {RaceState} state */
  function follow(state) {
    cancelAnimationFrame(state.following);
    const frame = () => {
      const moving = state.tracks.filter((t) => t instanceof Growing && t.flows);
      if (moving.length > 0 && state.root.isConnected) {
        moving.forEach((t) => t.paint(state));
        state.following = requestAnimationFrame(frame);
      }
    };
    state.following = requestAnimationFrame(frame);
  }

  /** known counts the spans that are drawn of what grows, on the page's elements. @param {RaceState} state */
  function known(state) {
    let all = 0;
    for (const track of state.tracks) {
      if (track instanceof Growing) {
        const spans = track.lanes.reduce((sum, lane) => sum + lane.spans.filter((s) => s.stage !== "idle").length, 0);
        track.canvas.dataset.spans = String(spans);
        all += spans;
      }
    }
    state.root.dataset.spans = String(all);
  }

  /** @param {RaceState} state @param {number} seconds */
  function number(state, seconds) {
    const ms = seconds * 1000;
    const digits = ms < 10 ? 2 : ms < 100 ? 1 : 0;
    const text = ms.toLocaleString(state.data.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return text + "\u00a0ms";
  }

  /** sentence says what a span is, in the page's words. @param {RaceState} state @param {Marked} marked */
  function sentence(state, { track, lane, index }) {
    const row = track.lanes[lane];
    const span = row.spans[index];
    const { words, images } = state.data;
    /** @param {string} word @param {Record<string, string | number>} values */
    const say = (word, values) => parts.push(words[word].replace(/{(\w+)}/g, (_, key) => String(values[key])));
    const stage = state.data.stages[span.stage];
    const parts = [span.filter ? stage + " (" + span.filter + ")" : stage];
    if (span.task >= 0) {
      say("image", { n: span.task + 1, name: images[span.task % images.length] });
    }
    if (span.attempt && span.attempt > 1) {
      say("attempt", { n: span.attempt });
    }
    parts.push(number(state, length(span)));
    if (span.cpu_s !== undefined) {
      say("cpu", { time: number(state, span.cpu_s) });
    }
    for (const way of WAYS) {
      const spent = way.of(span);
      if (spent) {
        parts.push(state.data.ways[way.name] + " " + number(state, spent));
      }
    }
    say("from", { time: number(state, span.start_s) });
    // A Web Worker has no process of its own, and a device none of this machine's.
    say(row.device ? "device" : row.process_id === 0 ? "web" : "worker", { n: row.worker + 1, pid: row.process_id, device: row.device ?? "" });
    if (row.clock_error_s) {
      say("clock", { time: number(state, row.clock_error_s) });
    }
    return parts.join(" · ");
  }

  /** voice is what a screen reader says of the canvas. @param {RaceState} state @param {Marked} at */
  function voice(state, at) {
    const text = sentence(state, at);
    const canvas = at.track.canvas;
    canvas.setAttribute("aria-valuetext", text);
    canvas.setAttribute("aria-valuemax", String(at.track.lanes[at.lane].spans.length));
    canvas.setAttribute("aria-valuenow", String(at.index + 1));
    return text;
  }

  /** tell marks a span and says what it is beside it; null takes both away. @param {RaceState} state @param {Marked | null} marked */
  function tell(state, marked) {
    const tip = part(state, "tip");
    state.marked = marked;
    if (tip) {
      tip.hidden = marked === null;
    }
    if (tip && marked) {
      const { track, lane, index } = marked;
      const span = track.lanes[lane].spans[index];
      tip.textContent = voice(state, marked);
      const box = state.root.getBoundingClientRect();
      const own = track.canvas.getBoundingClientRect();
      const middle = own.left - box.left + track.x((span.start_s + span.end_s) / 2, state.data.max);
      const place = track.place(lane);
      tip.style.left = Math.max(0, Math.min(middle - tip.offsetWidth / 2, box.width - tip.offsetWidth)) + "px";
      tip.style.top = own.top - box.top + place.top + place.height + 6 + "px";
    }
    paint(state);
  }

  /** @param {RaceState} state */
  function paint(state) {
    state.tracks.forEach((track) => track.paint(state));
    const clock = part(state, "clock");
    if (clock) {
      clock.textContent = state.at === null ? "" : number(state, state.at);
    }
  }

  /** redraw follows a new size or new colours. @param {RaceState} state */
  function redraw(state) {
    state.ink = carrilesShown.ink(["card", "ink", "line", "hatch", "deep", "pale", ...Object.keys(state.data.stages)]);
    state.tracks.forEach((track) => track.prepare(state));
    paint(state);
  }

  /**
   * play lets the race be run again, so many times slower.
   * @param {RaceState} state @param {() => void} [over] called when it has ended by itself
   */
  function play(state, over) {
    stop(state);
    state.root.dataset.playing = "";
    let at = state.at = 0;
    let last = performance.now();
    /** @param {number} now */
    const frame = (now) => {
      at = state.at = at + (now - last) / 1000 / state.slower;
      last = now;
      if (at >= state.data.max || !state.root.isConnected) {
        stop(state);
        over?.();
      } else {
        state.frame = requestAnimationFrame(frame);
      }
      paint(state);
    };
    state.frame = requestAnimationFrame(frame);
  }

  /** @param {RaceState} state */
  function stop(state) {
    cancelAnimationFrame(state.frame);
    delete state.root.dataset.playing;
    state.at = null;
  }

  /** @param {RaceState} state @param {HTMLElement} target */
  function clicked(state, target) {
    if (target.dataset.lanes === "play") {
      if (state.at === null) {
        play(state);
      } else {
        stop(state);
        paint(state);
      }
    } else if (target.dataset.slower) {
      state.slower = Number(target.dataset.slower);
      for (const b of state.root.querySelectorAll("[data-slower]")) {
        b.setAttribute("aria-pressed", String(b === target));
      }
    }
  }

  /**
   * pressed moves along a lane, and up and down between lanes to what happened
   * at the same time.
   * @param {RaceState} state @param {KeyboardEvent} event
   */
  function pressed(state, event) {
    const track = state.tracks.find((t) => t.canvas === event.target);
    if (!track || !track.lanes.some((l) => l.spans.length > 0)) {
      return;
    }
    const own = state.marked && state.marked.track === track ? state.marked : null;
    let { lane, index } = own || { lane: 0, index: -1 };
    const last = () => track.lanes[lane].spans.length - 1;
    switch (event.key) {
      case "ArrowRight":
        index = Math.min(last(), index + 1);
        break;
      case "ArrowLeft":
        index = Math.max(0, index - 1);
        break;
      case "Home":
        index = 0;
        break;
      case "End":
        index = last();
        break;
      case "ArrowUp":
      case "ArrowDown": {
        const from = own ? track.lanes[lane].spans[index].start_s : 0;
        lane = Math.min(track.lanes.length - 1, Math.max(0, lane + (event.key === "ArrowDown" ? 1 : -1)));
        index = Math.max(0, track.lanes[lane].spans.findLastIndex((s) => s.start_s <= from));
        break;
      }
      case "Escape":
        tell(state, null);
        return;
      default:
        return;
    }
    event.preventDefault();
    if (last() >= 0) {
      tell(state, { track, lane, index });
    }
  }

  /** @param {RaceState} state @param {PointerEvent} event */
  function pointed(state, event) {
    // Browsers also report a page that moves below a pointer at rest, which would
    // take the mark from the keyboard.
    const at = event.clientX + " " + event.clientY;
    if (event.type === "pointermove" && at === state.pointer) {
      return;
    }
    state.pointer = at;
    const track = state.tracks.find((t) => t.canvas === event.target);
    if (!track) {
      if (state.marked && event.type === "pointerdown") {
        tell(state, null);
      }
      return;
    }
    const found = track.find(event.offsetX, event.offsetY, state.data.max);
    const was = state.marked;
    if (!found || !was || found.track !== was.track || found.lane !== was.lane || found.index !== was.index) {
      tell(state, found);
    }
  }

  /** @param {RaceState} state */
  function listen(state) {
    const root = state.root;
    root.addEventListener("click", (e) => clicked(state, /** @type {HTMLElement} */ (e.target).closest("button") || root));
    root.addEventListener("keydown", (e) => pressed(state, e));
    root.addEventListener("pointermove", (e) => pointed(state, e));
    root.addEventListener("pointerdown", (e) => pointed(state, e));
    const leave = () => state.marked && tell(state, null);
    // A finger that is lifted leaves too: what it has tapped stays.
    root.addEventListener("pointerleave", (e) => e.pointerType !== "touch" && leave());
    root.addEventListener("focusout", leave);
  }

  /** empty makes a canvas as if nothing had been drawn or said there. @param {HTMLCanvasElement} canvas */
  function empty(canvas) {
    canvas.width = canvas.height = 1;
    canvas.removeAttribute("aria-valuetext");
    canvas.setAttribute("aria-valuemax", "0");
    canvas.setAttribute("aria-valuenow", "0");
  }

  /**
   * point tells of the marked span again, which may have moved; of none, if it is
   * not there any more.
   * @param {RaceState} state
   */
  function point(state) {
    if (state.marked) {
      tell(state, state.tracks.includes(state.marked.track) ? state.marked : null);
    }
  }

  return {
    /**
     * show draws a race, given as JSON, into the canvases below an element. Each
     * canvas names its method. What grows there stays unless it is in it.
     * @param {HTMLElement} root @param {string} json a Race
     */
    show(root, json) {
      /** @type {Race} */
      const data = JSON.parse(json);
      let state = places.of(root);
      if (!state) {
        state = { root, data, ink: {}, slower: 1, at: null, marked: null, tracks: [], frame: 0, following: 0, pointer: "" };
        places.add(state);
        listen(state);
      }
      stop(state);
      state.data = data;
      const growing = state.tracks.filter((t) => t instanceof Growing);
      state.tracks = [];
      for (const canvas of root.querySelectorAll("canvas")) {
        const line = data.methods.find((m) => m.method === canvas.dataset.method);
        const own = growing.find((t) => t.method === canvas.dataset.method);
        if (line) {
          const seen = (/** @type {TimelineSpan} */ s) => s.stage !== "idle" || length(s) >= LEAST_IDLE * data.max;
          const track = new Track(canvas, line.lanes.map((lane) => ({ ...lane, spans: lane.spans.filter(seen) })));
          state.tracks.push(track);
          if (track.lanes[0].spans.length > 0) {
            voice(state, { track, lane: 0, index: 0 });
          }
        } else if (own) {
          own.canvas = canvas;
          state.tracks.push(own);
        } else {
          empty(canvas);
        }
      }
      redraw(state);
      point(state);
      root.dataset.shown = String(state.tracks.filter((t) => !(t instanceof Growing)).length);
    },

    /**
     * play runs a race that is shown by itself, so many times slower. Who wants no
     * motion sees it finished.
     * @param {HTMLElement} root @param {number} slower
     */
    play(root, slower) {
      const state = places.of(root);
      if (!state || window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
        return;
      }
      const was = state.slower;
      state.slower = slower;
      play(state, () => {
        state.slower = was;
      });
    },

    /**
     * grow adds what has become known of what is being measured. It follows a show.
     * @param {HTMLElement} root
     * @param {string} json a list of Growths: how far the clock of each method's round is
     * @param {string} events a list of LanesEvents, as the server sent them
     */
    grow(root, json, events) {
      const state = places.of(root);
      if (!state) {
        return;
      }
      /** @type {Growth[]} */
      const rounds = JSON.parse(json);
      const of = (/** @type {string} */ method) => state.tracks.filter((t) => t instanceof Growing).find((t) => t.method === method);
      state.tracks = state.tracks.filter((t) => {
        const stays = !(t instanceof Growing) || rounds.some((r) => r.method === t.method);
        if (!stays) {
          empty(t.canvas);
        }
        return stays;
      });
      for (const event of /** @type {LanesEvent[]} */ (JSON.parse(events))) {
        let track = of(event.method);
        /** @type {HTMLCanvasElement | null} */
        const canvas = root.querySelector('canvas.growing[data-method="' + event.method + '"]');
        if (!track && canvas) {
          track = new Growing(canvas, event.method);
          track.begin(event.workers);
          state.tracks.push(track);
        }
        if (track) {
          if (event.first && state.marked && state.marked.track === track) {
            tell(state, null); // it was in the round before
          }
          track.add(state, event);
        }
      }
      for (const round of rounds) {
        const track = of(round.method);
        if (track) {
          track.now = round.now;
          track.moving = round.moving;
          track.heard = performance.now();
          if (track.stale) {
            track.prepare(state);
          }
          track.paint(state);
        }
      }
      point(state);
      known(state);
      follow(state);
    },
  };
})();
