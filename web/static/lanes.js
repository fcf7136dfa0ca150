// The race: what every worker of every method did when, all methods on one time
// axis, on one canvas a method. The page hands over the whole of it once, as
// JSON; from then on this script draws, plays it again, and answers to the
// pointer and the keyboard without asking the page. Of a method that is being
// measured it hands over the server's events as they come: then the lanes grow.
// The drawing itself is in tracks.js, which comes first.
"use strict";

window.carrilesLanes = (function () {
  const { Track, Growing, inkOf, length } = window.carrilesTracks;
  const shown = new Map(); // by element: what is drawn in it

  // follow paints what moves once a frame, and ends with it.
  function follow(state) {
    cancelAnimationFrame(state.following);
    const frame = () => {
      const moving = state.tracks.filter((t) => t.flows);
      if (moving.length > 0 && state.root.isConnected) {
        moving.forEach((t) => t.paint(state));
        state.following = requestAnimationFrame(frame);
      }
    };
    state.following = requestAnimationFrame(frame);
  }

  // known counts the spans that are drawn of what grows, on the page's elements.
  function known(state) {
    let all = 0;
    for (const track of state.tracks) {
      if (track instanceof Growing) {
        const spans = track.lanes.reduce((sum, lane) => sum + lane.spans.filter((s) => s.stage !== "idle").length, 0);
        track.canvas.dataset.spans = spans;
        all += spans;
      }
    }
    state.root.dataset.spans = all;
  }

  function number(state, seconds) {
    const ms = seconds * 1000;
    const digits = ms < 10 ? 2 : ms < 100 ? 1 : 0;
    const text = ms.toLocaleString(state.data.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return text + "\u00a0ms";
  }

  // sentence says what a span is, in the page's words.
  function sentence(state, { track, lane, index }) {
    const row = track.lanes[lane];
    const span = row.spans[index];
    const words = state.data.words;
    const stage = state.data.stages[span.stage];
    const parts = [span.filter ? stage + " (" + span.filter + ")" : stage];
    if (span.task >= 0) {
      parts.push(words.image.replace("{n}", span.task + 1).replace("{name}", state.data.images[span.task % state.data.images.length]));
    }
    if (span.attempt > 1) {
      parts.push(words.attempt.replace("{n}", span.attempt));
    }
    parts.push(number(state, length(span)));
    if (span.cpu_s !== undefined) {
      parts.push(words.cpu.replace("{time}", number(state, span.cpu_s)));
    }
    parts.push(words.from.replace("{time}", number(state, span.start_s)));
    const worker = row.process_id === 0 ? words.web : words.worker; // a Web Worker has no process of its own
    parts.push(worker.replace("{n}", row.worker + 1).replace("{pid}", row.process_id));
    return parts.join(" · ");
  }

  // voice is what a screen reader says of the canvas.
  function voice(state, at) {
    const text = sentence(state, at);
    const canvas = at.track.canvas;
    canvas.setAttribute("aria-valuetext", text);
    canvas.setAttribute("aria-valuemax", at.track.lanes[at.lane].spans.length);
    canvas.setAttribute("aria-valuenow", at.index + 1);
    return text;
  }

  // tell marks a span and says what it is beside it; null takes both away.
  function tell(state, marked) {
    const tip = state.root.querySelector("[data-lanes=tip]");
    state.marked = marked;
    tip.hidden = marked === null;
    if (marked !== null) {
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

  function paint(state) {
    for (const track of state.tracks) {
      track.paint(state);
    }
    const clock = state.root.querySelector("[data-lanes=clock]");
    if (clock) {
      clock.textContent = state.at === null ? "" : number(state, state.at);
    }
  }

  // redraw follows a new size or new colours.
  function redraw(state) {
    state.ink = inkOf(state.root);
    for (const track of state.tracks) {
      track.prepare(state);
    }
    paint(state);
  }

  // prune forgets what the page no longer shows.
  function prune() {
    for (const [root, state] of shown) {
      if (!root.isConnected) {
        state.resize.disconnect();
        stop(state);
        cancelAnimationFrame(state.following);
        shown.delete(root);
      }
    }
  }

  function redrawAll() {
    prune();
    for (const state of shown.values()) {
      redraw(state);
    }
  }

  // play lets the race be run again, so many times slower.
  function play(state) {
    stop(state);
    state.root.dataset.playing = "";
    state.at = 0;
    let last = performance.now();
    const frame = (now) => {
      state.at += (now - last) / 1000 / state.slower;
      last = now;
      if (state.at >= state.data.max || !state.root.isConnected) {
        stop(state);
      } else {
        state.frame = requestAnimationFrame(frame);
      }
      paint(state);
    };
    state.frame = requestAnimationFrame(frame);
  }

  function stop(state) {
    cancelAnimationFrame(state.frame);
    delete state.root.dataset.playing;
    state.at = null;
  }

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
        b.setAttribute("aria-pressed", b === target);
      }
    }
  }

  // pressed moves along a lane, and up and down between lanes to what happened
  // at the same time.
  function pressed(state, event) {
    const track = state.tracks.find((t) => t.canvas === event.target);
    if (!track || !track.lanes.some((l) => l.spans.length > 0)) {
      return;
    }
    const own = state.marked && state.marked.track === track;
    let { lane, index } = own ? state.marked : { lane: 0, index: -1 };
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
    const same = found && state.marked && found.track === state.marked.track && found.lane === state.marked.lane && found.index === state.marked.index;
    if (!same) {
      tell(state, found);
    }
  }

  function listen(state) {
    const root = state.root;
    root.addEventListener("click", (e) => clicked(state, e.target.closest("button") || root));
    root.addEventListener("keydown", (e) => pressed(state, e));
    root.addEventListener("pointermove", (e) => pointed(state, e));
    root.addEventListener("pointerdown", (e) => pointed(state, e));
    const leave = () => state.marked && tell(state, null);
    // A finger that is lifted leaves too: what it has tapped stays.
    root.addEventListener("pointerleave", (e) => e.pointerType !== "touch" && leave());
    root.addEventListener("focusout", leave);
    state.resize = new ResizeObserver(() => redraw(state));
    state.resize.observe(root);
  }

  new MutationObserver(redrawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    window.matchMedia(query).addEventListener("change", redrawAll);
  }

  // empty makes a canvas as if nothing had been drawn or said there.
  function empty(canvas) {
    canvas.width = canvas.height = 1;
    canvas.removeAttribute("aria-valuetext");
    canvas.setAttribute("aria-valuemax", 0);
    canvas.setAttribute("aria-valuenow", 0);
  }

  // point tells of the marked span again, which may have moved; of none, if it is
  // not there any more.
  function point(state) {
    if (state.marked) {
      tell(state, state.tracks.includes(state.marked.track) ? state.marked : null);
    }
  }

  return {
    // show draws a race, given as JSON, into the canvases below an element. Each
    // canvas names its method. What grows there stays unless it is in it.
    show(root, json) {
      prune();
      let state = shown.get(root);
      if (!state) {
        state = { root, slower: 1, at: null, marked: null, tracks: [] };
        shown.set(root, state);
        listen(state);
      }
      stop(state);
      state.data = JSON.parse(json);
      const growing = state.tracks.filter((t) => t instanceof Growing);
      state.tracks = [];
      for (const canvas of root.querySelectorAll("canvas")) {
        const method = state.data.methods.find((m) => m.method === canvas.dataset.method);
        if (!method) {
          const own = growing.find((t) => t.method === canvas.dataset.method);
          if (own) {
            own.canvas = canvas;
            state.tracks.push(own);
          } else {
            empty(canvas);
          }
        }
        if (method) {
          const track = new Track(canvas, method.lanes);
          state.tracks.push(track);
          if (method.lanes[0].spans.length > 0) {
            voice(state, { track, lane: 0, index: 0 });
          }
        }
      }
      redraw(state);
      point(state);
      root.dataset.shown = state.tracks.filter((t) => !(t instanceof Growing)).length;
    },

    // grow adds what has become known of what is being measured: the server's
    // events, and how far the clock of each method's round is. It follows a show.
    grow(root, json, events) {
      const state = shown.get(root);
      const rounds = JSON.parse(json);
      const of = (method) => state.tracks.find((t) => t instanceof Growing && t.method === method);
      state.tracks = state.tracks.filter((t) => {
        const stays = !(t instanceof Growing) || rounds.some((r) => r.method === t.method);
        if (!stays) {
          empty(t.canvas);
        }
        return stays;
      });
      for (const event of JSON.parse(events)) {
        let track = of(event.method);
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
