// The race: what every worker of every method did when, all methods on one time
// axis, on one canvas a method. The page hands over the whole of it once, as
// JSON; from then on this script draws, plays it again, and answers to the
// pointer and the keyboard without asking the page. Of a method that is being
// measured it hands over the server's events as they come: then the lanes grow.
"use strict";

window.carrilesLanes = (function () {
  const GAP = 3; // between two lanes
  const LABEL = 11; // the size of the letters in a span
  const shown = new Map(); // by element: what is drawn in it
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  // Whether the server runs on this machine, as far as the address tells.
  const beside = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);

  // ink is the page's colours as they are now: light, dark or for paper.
  function inkOf(root) {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue("--" + name).trim();
    const ink = { card: read("card"), text: read("ink"), line: read("line"), hatch: read("hatch"), accent: read("accent"), stage: {} };
    for (const name of ["spawn", "receive", "read", "decode", "filter", "encode", "write", "send", "lost"]) {
      ink.stage[name] = read(name);
    }
    return ink;
  }

  // hatching is a pattern of slanted lines: for what no colour stands for.
  function hatching(g, colour, step, rising) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = step;
    const t = tile.getContext("2d");
    t.strokeStyle = colour;
    t.lineWidth = 1.2;
    t.beginPath();
    for (const shift of [-step, 0, step]) {
      t.moveTo(shift, rising ? step : 0);
      t.lineTo(shift + step, rising ? 0 : step);
    }
    t.stroke();
    return g.createPattern(tile, "repeat");
  }

  // readable is black or white, whichever stands out on a colour.
  function readable(colour) {
    const n = parseInt(colour.slice(1), 16);
    const light = 0.299 * (n >> 16) + 0.587 * ((n >> 8) & 255) + 0.114 * (n & 255);
    return light > 140 ? "#000" : "#fff";
  }

  const length = (span) => span.end_s - span.start_s;

  // waited is the part of a span in which its thread had no processor.
  function waited(span) {
    if (span.cpu_s === undefined || length(span) <= 0) {
      return 0;
    }
    return Math.min(1, Math.max(0, 1 - span.cpu_s / length(span)));
  }

  // Track is one method's canvas.
  class Track {
    constructor(canvas, lanes) {
      this.canvas = canvas;
      this.lanes = lanes;
      this.full = document.createElement("canvas"); // the finished picture
    }

    // place is where a lane lies, in pixels of the page.
    place(i) {
      const height = (this.height - GAP * (this.lanes.length - 1)) / this.lanes.length;
      return { top: i * (height + GAP), height };
    }

    x(seconds, max) {
      return (seconds / max) * this.width;
    }

    // prepare draws the finished picture.
    prepare(state) {
      this.width = this.canvas.clientWidth;
      this.height = this.canvas.clientHeight;
      this.scale = window.devicePixelRatio || 1;
      for (const c of [this.canvas, this.full]) {
        c.width = Math.max(1, Math.round(this.width * this.scale));
        c.height = Math.max(1, Math.round(this.height * this.scale));
      }
      const g = this.full.getContext("2d");
      g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      const pens = {
        idle: hatching(g, state.ink.hatch, 6, false),
        lost: hatching(g, state.ink.stage.lost, 4, true),
        waited: hatching(g, state.ink.card, 4, true),
      };
      g.font = LABEL + "px system-ui, sans-serif";
      g.textBaseline = "middle";
      this.pens = pens;
      this.lanes.forEach((lane, i) => {
        const { top, height } = this.place(i);
        for (const span of lane.spans) {
          this.span(g, state, pens, span, top, height);
        }
      });
    }

    span(g, state, pens, span, top, height) {
      const x = this.x(span.start_s, state.data.max);
      const width = this.x(length(span), state.data.max);
      if (span.stage === "idle" || span.stage === "lost") {
        if (width >= 1) {
          g.fillStyle = pens[span.stage];
          g.fillRect(x, top, width, height);
        }
        return;
      }
      const colour = state.ink.stage[span.stage];
      g.fillStyle = colour;
      g.fillRect(x, top, Math.max(0.75, width), height);
      const without = waited(span) * height;
      if (without >= 2 && width >= 2) {
        g.globalAlpha = 0.45;
        g.fillStyle = state.ink.card;
        g.fillRect(x, top, width, without);
        g.globalAlpha = 1;
        g.fillStyle = pens.waited;
        g.fillRect(x, top, width, without);
      }
      if (width > 3) {
        g.fillStyle = state.ink.card;
        g.fillRect(x + width - 1, top, 1, height);
      }
      const label = span.filter || state.data.stages[span.stage];
      if (height >= LABEL + 3 && without < 3 && g.measureText(label).width + 8 < width) {
        g.fillStyle = readable(colour);
        g.fillText(label, x + 4, top + height / 2 + 0.5);
      }
    }

    // paint shows the race as it stood at a moment.
    paint(state) {
      const g = this.canvas.getContext("2d");
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.clearRect(0, 0, this.canvas.width, this.canvas.height);
      if (state.at === null) {
        g.drawImage(this.full, 0, 0);
      } else {
        const done = Math.round((state.at / state.data.max) * this.canvas.width);
        g.globalAlpha = 0.12;
        g.drawImage(this.full, 0, 0);
        g.globalAlpha = 1;
        if (done > 0) {
          g.clearRect(0, 0, done, this.canvas.height);
          g.drawImage(this.full, 0, 0, done, this.canvas.height, 0, 0, done, this.canvas.height);
        }
        g.fillStyle = state.ink.text;
        g.fillRect(done, 0, Math.max(1, this.scale), this.canvas.height);
      }
      if (state.marked && state.marked.track === this) {
        this.mark(g, state);
      }
    }

    mark(g, state) {
      const { lane, index } = state.marked;
      const span = this.lanes[lane].spans[index];
      const { top, height } = this.place(lane);
      g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      g.strokeStyle = state.ink.text;
      g.lineWidth = 2;
      const width = Math.max(4, this.x(length(span), state.data.max));
      g.strokeRect(this.x(span.start_s, state.data.max) + 1, top + 1, Math.max(2, width - 2), height - 2);
    }

    // find tells what lies at a point of the canvas.
    find(x, y, max) {
      const lane = Math.min(this.lanes.length - 1, Math.max(0, Math.floor((y / this.height) * this.lanes.length)));
      const seconds = (x / this.width) * max;
      const spans = this.lanes[lane].spans;
      let low = 0;
      let high = spans.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (spans[middle].start_s <= seconds) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      if (spans.length === 0 || seconds < spans[low].start_s || seconds > spans[low].end_s) {
        return null;
      }
      return { track: this, lane, index: low };
    }
  }

  // Growing is the canvas of a method that is being measured: of its latest
  // round. Its spans stand in the order in which they became known, which is
  // nearly that of their start; what is later covers what is earlier.
  class Growing extends Track {
    constructor(canvas, method) {
      super(canvas, []);
      this.method = method;
      this.now = this.heard = 0;
      this.moving = false;
    }

    // begin forgets the round before.
    begin(workers) {
      this.lanes = Array.from({ length: workers }, () => ({ spans: [], end: 0 }));
      this.stale = true;
    }

    // add takes an event in, and draws what is new of it.
    add(state, event) {
      if (event.first) {
        this.begin(event.workers);
      }
      for (const told of event.lanes) {
        while (this.lanes.length <= told.worker) {
          this.lanes.push({ spans: [], end: 0 }); // that of a last attempt alone
          this.stale = true;
        }
        const lane = this.lanes[told.worker];
        for (const span of told.spans) {
          this.put(state, lane, told.worker, span);
        }
      }
      if (event.over) {
        this.lanes.forEach((lane, i) => this.wait(state, lane, i, event.now_s));
      }
    }

    // wait fills a lane up to a time in which nothing is known of it.
    wait(state, lane, i, until) {
      if (until > lane.end) {
        this.put(state, lane, i, { stage: "idle", start_s: lane.end, end_s: until });
      }
    }

    put(state, lane, i, span) {
      if (span.stage !== "idle") {
        this.wait(state, lane, i, span.start_s);
      }
      lane.spans.push(span);
      lane.end = Math.max(lane.end, span.end_s);
      if (!this.stale) {
        const { top, height } = this.place(i);
        this.span(this.full.getContext("2d"), state, this.pens, span, top, height);
      }
    }

    // prepare draws all of it again.
    prepare(state) {
      super.prepare(state);
      this.stale = false;
    }

    // flows tells whether a frame follows the other between two events. Where the
    // page shares its processors with what is measured, the server's workers or
    // its own, frames would be taken from that: 0.1 of two cores. There it moves
    // with the events, as for who wants no motion.
    get flows() {
      return this.moving && !still.matches && !beside && !this.method.startsWith("browser");
    }

    // present is the time of the round's clock, which goes on between events.
    present(state) {
      const since = this.flows ? (performance.now() - this.heard) / 1000 : 0;
      return Math.min(state.data.max, this.now + since);
    }

    paint(state) {
      const g = this.canvas.getContext("2d");
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.clearRect(0, 0, this.canvas.width, this.canvas.height);
      if (this.moving) {
        g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
        const at = this.x(this.present(state), state.data.max);
        g.fillStyle = state.ink.line;
        this.lanes.forEach((lane, i) => {
          const { top, height } = this.place(i);
          const from = this.x(lane.end, state.data.max);
          g.fillRect(from, top, Math.max(0, at - from), height);
        });
        g.setTransform(1, 0, 0, 1, 0, 0);
        g.drawImage(this.full, 0, 0);
        g.fillStyle = state.ink.text;
        g.fillRect(Math.round(at * this.scale), 0, Math.max(1, Math.round(1.5 * this.scale)), this.canvas.height);
      } else {
        g.drawImage(this.full, 0, 0);
      }
    }
  }

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
    if (!track || track instanceof Growing || track.lanes.length === 0) {
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
    const track = state.tracks.find((t) => t.canvas === event.target);
    if (!track || track instanceof Growing) {
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
    for (const name of ["aria-valuetext", "aria-valuemax", "aria-valuenow"]) {
      canvas.removeAttribute(name);
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
      state.marked = null;
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
      known(state);
      follow(state);
    },
  };
})();
