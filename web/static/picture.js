// A result as a picture, to be pasted into notes: the verdict, the race as it
// stands on the page, and where it was measured.
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
   * draw puts everything below one another and returns the height. It is called
   * twice: once to find out how high the picture is.
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
    write(picture.title, 34, 700, ink.ink, MARGIN, all);
    y += 8;
    for (const line of picture.lines) {
      write(line, 18, 400, ink.soft, MARGIN, all);
    }
    y += 24;
    for (const row of picture.rows) {
      const top = y;
      write(row.title, 20, 600, ink.ink, MARGIN, NAMES - 20);
      const left = MARGIN + NAMES;
      const width = all - NAMES - TIMES;
      /** @type {HTMLCanvasElement | null} */
      const lanes = document.querySelector('canvas[data-method="' + row.method + '"]');
      let height = 24;
      if (lanes && lanes.width > 0) {
        height = Math.max(24, lanes.clientHeight);
        g.drawImage(lanes, left, top, width, height);
      } else {
        g.fillStyle = ink.accent;
        g.fillRect(left, top, Math.max(2, width * row.share), height);
      }
      const bottom = Math.max(y, top + height);
      y = top;
      write(row.time, 20, 600, ink.ink, left + width + 20, TIMES);
      y = Math.max(bottom, y) + 16;
    }
    y += 8;
    for (const line of picture.foot) {
      write(line, 15, 400, ink.soft, MARGIN, all);
    }
    return y + MARGIN - 12;
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

  /** @param {string} json a Picture @returns its size in bytes */
  return async function (json) {
    /** @type {Picture} */
    const picture = JSON.parse(json);
    const ink = carrilesShown.ink(["bg", "ink", "soft", "accent"]);
    const canvas = document.createElement("canvas");
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const height = draw(g, picture, ink);
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
    return blob.size;
  };
})();
