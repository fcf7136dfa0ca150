// A result as a picture, to be pasted into notes: what was measured, the verdict, the
// finished race with its axis and its legend, when and on what. It is drawn from what
// was measured, whatever the page shows just now.
// @ts-check
"use strict";

var carrilesPicture = (function () {
  const WIDTH = 1280;
  const MARGIN = 48;
  const SCALE = 2; // sharp on any screen
  const NAMES = 300; // the width of the methods' names
  const TIMES = 220;

  /** wrapped breaks a text into lines of at most a width. @param {CanvasRenderingContext2D} g @param {string} text @param {number} width */
  function wrapped(g, text, width) {
    const lines = [];
    let line = "";
    for (const word of text.split(" ")) {
      const longer = line === "" ? word : line + " " + word;
      if (line !== "" && g.measureText(longer).width > width) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    lines.push(line);
    return lines;
  }

  /**
   * draw puts everything below one another and tells how high it is, and where the
   * legend lies. It is called twice: once to find out how high the picture is.
   * @param {CanvasRenderingContext2D} g @param {Picture} picture @param {Record<string, string>} ink
   */
  function draw(g, picture, ink) {
    const family = "system-ui, sans-serif";
    let y = MARGIN;
    /** @type {(text: string, size: number, weight: number, colour: string, x: number, width: number) => void} */
    const write = (text, size, weight, colour, x, width) => {
      g.font = weight + " " + size + "px " + family;
      g.fillStyle = colour;
      g.textBaseline = "top";
      for (const line of wrapped(g, text, width)) {
        g.fillText(line, x, y);
        y += Math.round(size * 1.35);
      }
    };
    const all = WIDTH - 2 * MARGIN;
    if (picture.settings !== "") {
      write(picture.settings, 18, 600, ink.soft, MARGIN, all);
      y += 4;
    }
    write(picture.title, 34, 700, ink.ink, MARGIN, all);
    y += 8;
    for (const line of picture.lines) {
      write(line, 18, 400, ink.soft, MARGIN, all);
    }
    y += 24;
    const left = MARGIN + NAMES;
    const width = all - NAMES - TIMES;
    for (const row of picture.rows) {
      const top = y;
      write(row.title, 20, 600, ink.ink, MARGIN, NAMES - 20);
      write(row.shape, 14, 400, ink.soft, MARGIN, NAMES - 20);
      let height = 24;
      if (row.lanes.length > 0) {
        height = Math.max(24, row.height);
        const track = new carrilesTracks.Track(document.createElement("canvas"), row.lanes);
        track.prepare(/** @type {any} */ ({ ink, data: { max: picture.max, stages: {} } }), { width, height, scale: SCALE });
        g.drawImage(track.full, left, top, width, height);
      } else {
        g.fillStyle = ink.accent;
        g.fillRect(left, top, Math.max(2, (width * row.end) / picture.max), height);
      }
      const bottom = Math.max(y, top + height);
      y = top;
      write(row.time, 20, 600, ink.ink, left + width + 20, TIMES);
      write(row.spread, 14, 400, ink.soft, left + width + 20, TIMES);
      y = Math.max(bottom, y) + 16;
    }
    axis(g, picture, ink, left, width, y);
    y += 40;
    const top = y;
    y = legend(g, picture, ink, y, all, family) + 12;
    const bottom = y;
    for (const line of picture.foot) {
      write(line, 15, 400, ink.soft, MARGIN, all);
    }
    return { height: y + MARGIN - 12, legend: { top, bottom } };
  }

  /**
   * axis draws the times beneath the lanes.
   * @param {CanvasRenderingContext2D} g @param {Picture} picture @param {Record<string, string>} ink
   * @param {number} left @param {number} width @param {number} y
   */
  function axis(g, picture, ink, left, width, y) {
    g.font = "400 14px system-ui, sans-serif";
    g.textBaseline = "top";
    g.fillStyle = ink.soft;
    g.fillRect(left, y, width, 1);
    picture.ticks.forEach((tick, i) => {
      const x = left + (width * tick.at) / picture.max;
      g.fillRect(x, y, 1, 5);
      const wide = g.measureText(tick.text).width;
      // The first and the last must not stick out.
      const from = i === 0 ? x : Math.min(x - wide / 2, left + width - wide);
      g.fillText(tick.text, from, y + 8);
    });
  }

  /**
   * legend explains the colours and the hatching, and returns where it ends.
   * @param {CanvasRenderingContext2D} g @param {Picture} picture @param {Record<string, string>} ink
   * @param {number} y @param {number} all @param {string} family
   */
  function legend(g, picture, ink, y, all, family) {
    const size = 16;
    let x = MARGIN;
    g.font = "400 15px " + family;
    g.textBaseline = "top";
    /** @type {Record<string, CanvasPattern>} */
    const hatched = {
      idle: carrilesTracks.hatching(g, ink.hatch, 6, false),
      lost: carrilesTracks.hatching(g, ink.lost, 4, true),
      waited: carrilesTracks.hatching(g, ink.card, 4, false),
      locked: carrilesTracks.hatching(g, ink.card, 5, true, true),
    };
    for (const key of picture.legend) {
      const wide = size + 8 + g.measureText(key.text).width + 24;
      if (x > MARGIN && x + wide - 24 > MARGIN + all) {
        x = MARGIN;
        y += 26;
      }
      if (ink[key.name] && !hatched[key.name]) {
        g.fillStyle = ink[key.name];
        g.fillRect(x, y, size, size);
      } else {
        if (key.name === "waited" || key.name === "locked") {
          g.fillStyle = ink.filter;
          g.fillRect(x, y, size, size);
        }
        g.fillStyle = hatched[key.name];
        g.fillRect(x, y, size, size);
        g.strokeStyle = ink.hatch;
        g.lineWidth = 1;
        g.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
      }
      g.fillStyle = ink.soft;
      g.fillText(key.text, x + size + 8, y);
      x += wide;
    }
    return y + 26;
  }

  /** @param {Blob} blob @param {string} name */
  function save(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000); // the browser may still be asking where to
  }

  /** @param {string} json a Picture @returns its size in bytes, and between which of its pixels the legend lies */
  return async function (json) {
    /** @type {Picture} */
    const picture = JSON.parse(json);
    const stages = picture.legend.map((key) => key.name).filter((name) => !["waited", "locked"].includes(name));
    const ink = carrilesShown.ink(["bg", "ink", "soft", "accent", "card", "line", "hatch", "deep", "pale", "lost", "filter", ...stages]);
    const canvas = document.createElement("canvas");
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const { height, legend } = draw(g, picture, ink);
    canvas.width = WIDTH * SCALE;
    canvas.height = height * SCALE;
    g.scale(SCALE, SCALE);
    g.fillStyle = ink.bg;
    g.fillRect(0, 0, WIDTH, height);
    draw(g, picture, ink);
    const blob = await new Promise((/** @type {(blob: Blob) => void} */ resolve, reject) => {
      canvas.toBlob((b) => (b ? resolve(b) : reject(new Error("toBlob"))), "image/png");
    });
    save(blob, picture.file);
    return { bytes: blob.size, top: legend.top * SCALE, bottom: legend.bottom * SCALE };
  };
})();
