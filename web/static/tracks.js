// The canvases of the race, one a method: how its lanes and spans are drawn, and
// what lies at a point. They know nothing of the pointer or the page: lanes.js
// does.
// @ts-check
"use strict";

/**
 * RaceState is a race that is shown: what it is made of, and the moment up to
 * which it is played, null if it is not.
 * @typedef {{
 *   root: HTMLElement, data: Race, ink: Record<string, string>, tracks: Track[], at: number | null, marked: Marked | null,
 *   slower: number, frame: number, following: number, pointer: string,
 * }} RaceState
 * @typedef {{ data: Race, ink: Record<string, string> }} Drawn what a finished picture is made of
 * @typedef {InstanceType<typeof carrilesTracks.Track>} Track
 * @typedef {InstanceType<typeof carrilesTracks.Growing>} Growing
 * @typedef {{ track: Track, lane: number, index: number }} Marked a span
 */

var carrilesTracks = (function () {
  const GAP = 3; // between two lanes
  const LABEL = 11; // the size of the letters in a span
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  // Whether the server runs on this machine, as far as the address tells.
  const beside = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);

  /** @param {HTMLCanvasElement} canvas */
  const pen = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

  /**
   * hatching is a pattern of slanted lines: for what no colour stands for.
   * @param {CanvasRenderingContext2D} g @param {string} colour @param {number} step @param {boolean} rising
   * @param {boolean} [crossed] in both directions
   */
  function hatching(g, colour, step, rising, crossed) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = step;
    const t = pen(tile);
    t.strokeStyle = colour;
    t.lineWidth = 1.2;
    t.beginPath();
    for (const up of crossed ? [true, false] : [rising]) {
      for (const shift of [-step, 0, step]) {
        t.moveTo(shift, up ? step : 0);
        t.lineTo(shift + step, up ? 0 : step);
      }
    }
    t.stroke();
    return /** @type {CanvasPattern} */ (g.createPattern(tile, "repeat"));
  }

  /**
   * readable is what stands out on a colour.
   * @param {string} colour @param {Record<string, string>} ink
   */
  function readable(colour, ink) {
    const [red, green, blue] = (colour.match(/[\d.]+/g) || []).map(Number);
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? ink.deep : ink.pale;
  }

  /** @param {{ start_s: number, end_s: number }} span */
  const length = (span) => span.end_s - span.start_s;

  /** @param {TimelineSpan} span @param {number} seconds */
  const covers = (span, seconds) => span.start_s <= seconds && seconds <= span.end_s;

  /**
   * WAYS are those in which a span was spent other than computing: how much of it,
   * and the lines that stand for it. They lie on top of one another in this order,
   * from the top of the span; Go's list is in result/ways.go. What waits for the
   * lock is blocked: that is not counted twice. Touching memory is a part of
   * computing.
   * @type {{ name: string, of: (span: TimelineSpan) => number | undefined, step: number, rising: boolean, crossed?: boolean }[]}
   */
  const WAYS = [
    { name: "lock", of: (span) => span.lock_s, step: 5, rising: true, crossed: true },
    { name: "blocked", of: (span) => Math.max(0, (span.blocked_s || 0) - (span.lock_s || 0)), step: 4, rising: true },
    { name: "queued", of: (span) => span.queued_s, step: 4, rising: false },
    { name: "touch", of: (span) => span.touch_s, step: 3, rising: true },
  ];

  /**
   * shares gives the part of a span that each of WAYS took, and last what nobody
   * accounts for of the time in which its thread had no processor.
   * @param {TimelineSpan} span
   */
  function shares(span) {
    const all = length(span);
    let left = all > 0 ? 1 : 0;
    const take = (/** @type {number} */ seconds) => {
      const part = left > 0 ? Math.min(left, Math.max(0, seconds / all)) : 0;
      left -= part;
      return part;
    };
    const parts = WAYS.map((way) => take(way.of(span) || 0));
    const rest = span.cpu_s === undefined ? 0 : take(all * left + (span.touch_s || 0) - span.cpu_s);
    return [...parts, rest];
  }

  // Track is one method's canvas.
  class Track {
    /** @param {HTMLCanvasElement} canvas @param {TimelineLane[]} lanes */
    constructor(canvas, lanes) {
      this.canvas = canvas;
      this.lanes = lanes;
      this.full = document.createElement("canvas"); // the finished picture
      this.width = this.height = this.scale = 0; // until it is prepared
      this.label = LABEL;
      /** @type {Record<string, CanvasPattern>} */
      this.pens = {};
      /** @type {CanvasPattern[]} */
      this.ways = [];
    }

    /** place is where a lane lies, in pixels of the page. @param {number} i */
    place(i) {
      // Where many lanes share little room, the room between them is a third at most.
      const gap = Math.min(GAP, this.height / this.lanes.length / 3);
      const height = (this.height - gap * (this.lanes.length - 1)) / this.lanes.length;
      return { top: i * (height + gap), height };
    }

    /** @param {number} seconds @param {number} max */
    x(seconds, max) {
      return (seconds / max) * this.width;
    }

    /**
     * prepare draws the finished picture, as large as the canvas is on the page.
     * @param {Drawn} state @param {{ width: number, height: number, scale: number }} [size] where it is on none
     */
    prepare(state, size) {
      this.width = size ? size.width : this.canvas.clientWidth;
      this.height = size ? size.height : this.canvas.clientHeight;
      this.scale = size ? size.scale : window.devicePixelRatio || 1;
      for (const c of [this.canvas, this.full]) {
        c.width = Math.max(1, Math.round(this.width * this.scale));
        c.height = Math.max(1, Math.round(this.height * this.scale));
      }
      const g = pen(this.full);
      g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      const lane = this.lanes.length > 0 ? this.place(0).height : 0;
      this.label = Math.max(LABEL, Math.round(lane / 2)); // a projector's lanes are higher
      g.font = this.label + "px system-ui, sans-serif";
      g.textBaseline = "middle";
      this.pens = {
        idle: hatching(g, state.ink.hatch, 6, false),
        lost: hatching(g, state.ink.lost, 4, true),
      };
      this.ways = [...WAYS, WAYS[1]].map((way) => hatching(g, state.ink.card, way.step, way.rising, way.crossed));
      this.lanes.forEach((lane, i) => lane.spans.forEach((span) => this.span(state, span, i)));
    }

    /**
     * name writes whose lane each is on the canvas, where its worker is a device of the
     * room: nobody points at a wall. @param {Drawn} state
     */
    name(state) {
      const g = pen(this.canvas);
      g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      g.textBaseline = "middle";
      this.lanes.forEach((lane, i) => {
        const { top, height } = this.place(i);
        if (!lane.device || height < LABEL - 2 || lane.device === this.lanes[i - 1]?.device) {
          return;
        }
        g.font = "600 " + Math.min(this.label, height - 1) + "px system-ui, sans-serif";
        g.globalAlpha = 0.8;
        g.fillStyle = state.ink.card;
        g.fillRect(2, top + 1, g.measureText(lane.device).width + 8, height - 2);
        g.globalAlpha = 1;
        g.fillStyle = state.ink.ink;
        g.fillText(lane.device, 6, top + height / 2 + 0.5);
      });
      g.setTransform(1, 0, 0, 1, 0, 0);
    }

    /** span draws one into the finished picture. @param {Drawn} state @param {TimelineSpan} span @param {number} lane */
    span(state, span, lane) {
      const g = pen(this.full);
      const { top, height } = this.place(lane);
      const x = this.x(span.start_s, state.data.max);
      const width = this.x(length(span), state.data.max);
      if (span.stage === "idle" || span.stage === "lost") {
        if (width >= 1) {
          g.fillStyle = this.pens[span.stage];
          g.fillRect(x, top, width, height);
        }
        return;
      }
      const colour = state.ink[span.stage];
      g.fillStyle = colour;
      g.fillRect(x, top, Math.max(0.75, width), height);
      let without = 0; // how much of it is covered
      shares(span).forEach((share, i) => {
        const part = share * height;
        if (part >= 2 && width >= 2) {
          g.globalAlpha = 0.45;
          g.fillStyle = state.ink.card;
          g.fillRect(x, top + without, width, part);
          g.globalAlpha = 1;
          g.fillStyle = this.ways[i];
          g.fillRect(x, top + without, width, part);
        }
        without += part;
      });
      if (width > 3) {
        g.fillStyle = state.ink.card;
        g.fillRect(x + width - 1, top, 1, height);
      }
      const label = span.filter || state.data.stages[span.stage];
      if (height >= this.label + 3 && without < 3 && g.measureText(label).width + 8 < width) {
        g.fillStyle = readable(colour, state.ink);
        g.fillText(label, x + 4, top + height / 2 + 0.5);
      }
    }

    /** paint shows the race as it stood at a moment. @param {RaceState} state */
    paint(state) {
      const g = pen(this.canvas);
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
        g.fillStyle = state.ink.ink;
        g.fillRect(done, 0, Math.max(1, this.scale), this.canvas.height);
      }
      this.name(state);
      this.mark(state);
    }

    /** mark frames the span that is being told of, if it is one of these. @param {RaceState} state */
    mark(state) {
      if (!state.marked || state.marked.track !== this) {
        return;
      }
      const g = pen(this.canvas);
      const { lane, index } = state.marked;
      const span = this.lanes[lane].spans[index];
      const { top, height } = this.place(lane);
      g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      g.strokeStyle = state.ink.ink;
      g.lineWidth = 2;
      const width = Math.max(4, this.x(length(span), state.data.max));
      g.strokeRect(this.x(span.start_s, state.data.max) + 1, top + 1, Math.max(2, width - 2), height - 2);
    }

    /**
     * find tells what lies at a point of the canvas.
     * @param {number} x @param {number} y @param {number} max @returns {Marked | null}
     */
    find(x, y, max) {
      if (this.lanes.length === 0) {
        return null;
      }
      const lane = Math.min(this.lanes.length - 1, Math.max(0, Math.floor((y / this.height) * this.lanes.length)));
      const index = this.at(this.lanes[lane].spans, (x / this.width) * max);
      return index < 0 ? null : { track: this, lane, index };
    }

    /**
     * at is the index of the span at a time, -1 where there is none. The spans
     * stand in the order of their start and do not overlap.
     * @param {TimelineSpan[]} spans @param {number} seconds
     */
    at(spans, seconds) {
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
      return spans.length > 0 && covers(spans[low], seconds) ? low : -1;
    }
  }

  // Growing is the canvas of a method that is being measured: of its latest
  // round. Its spans stand in the order in which they became known, which is
  // nearly that of their start; what is later covers what is earlier.
  class Growing extends Track {
    /** @param {HTMLCanvasElement} canvas @param {string} method */
    constructor(canvas, method) {
      super(canvas, []);
      this.method = method;
      this.now = this.heard = 0;
      this.moving = false;
      this.stale = true;
      /** @type {number[]} */
      this.ends = []; // up to when each lane is known
    }

    /** begin forgets the round before. @param {number} workers */
    begin(workers) {
      this.lanes = [];
      this.ends = [];
      while (this.lanes.length < workers) {
        this.lane();
      }
    }

    // lane adds an empty one.
    lane() {
      this.lanes.push({ worker: this.lanes.length, process_id: 0, spans: [] });
      this.ends[this.lanes.length - 1] = 0;
      this.stale = true;
    }

    /** add takes an event in, and draws what is new of it. @param {RaceState} state @param {LanesEvent} event */
    add(state, event) {
      if (event.first) {
        this.begin(event.workers);
      }
      for (const told of event.lanes) {
        while (this.lanes.length <= told.worker) {
          this.lane(); // that of a last attempt alone
        }
        this.lanes[told.worker].process_id = told.process_id;
        this.lanes[told.worker].device = told.device;
        told.spans.forEach((span) => this.put(state, told.worker, span));
      }
      if (event.over) {
        this.lanes.forEach((_, i) => this.wait(state, i, event.now_s));
      }
    }

    /** wait fills a lane up to a time in which nothing is known of it. @param {RaceState} state @param {number} i @param {number} until */
    wait(state, i, until) {
      if (until > this.ends[i]) {
        this.put(state, i, { stage: "idle", task: -1, start_s: this.ends[i], end_s: until });
      }
    }

    /** @param {RaceState} state @param {number} i @param {TimelineSpan} span */
    put(state, i, span) {
      if (span.stage !== "idle") {
        this.wait(state, i, span.start_s);
      }
      this.lanes[i].spans.push(span);
      this.ends[i] = Math.max(this.ends[i], span.end_s);
      if (!this.stale) {
        this.span(state, span, i);
      }
    }

    /**
     * at finds the latest of the spans that cover a time: it is on top.
     * @override @param {TimelineSpan[]} spans @param {number} seconds
     */
    at(spans, seconds) {
      return spans.findLastIndex((span) => covers(span, seconds));
    }

    /** prepare draws all of it again. @override @param {Drawn} state */
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

    /** present is the time of the round's clock, which goes on between events. @param {RaceState} state */
    present(state) {
      const since = this.flows ? (performance.now() - this.heard) / 1000 : 0;
      return Math.min(state.data.max, this.now + since);
    }

    /** @override @param {RaceState} state */
    paint(state) {
      const g = pen(this.canvas);
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.clearRect(0, 0, this.canvas.width, this.canvas.height);
      if (this.moving) {
        g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
        const at = this.x(this.present(state), state.data.max);
        g.fillStyle = state.ink.line;
        this.ends.forEach((end, i) => {
          const { top, height } = this.place(i);
          const from = this.x(end, state.data.max);
          g.fillRect(from, top, Math.max(0, at - from), height);
        });
        g.setTransform(1, 0, 0, 1, 0, 0);
        g.drawImage(this.full, 0, 0);
        g.fillStyle = state.ink.ink;
        g.fillRect(Math.round(at * this.scale), 0, Math.max(1, Math.round(1.5 * this.scale)), this.canvas.height);
      } else {
        g.drawImage(this.full, 0, 0);
      }
      this.name(state);
      this.mark(state);
    }
  }

  return { Track, Growing, WAYS, length, hatching };
})();
