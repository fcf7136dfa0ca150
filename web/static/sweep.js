// The curves of a sweep, drawn with uPlot. The page hands them over as JSON and
// has uPlot and shown.js loaded before.
// @ts-check
"use strict";

/** @typedef {{ root: HTMLElement, data: Charts, plots: uPlot[] }} SweepState */

var carrilesSweep = (function () {
  const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]; // steps of an axis of workers: there is no half of one

  const places = carrilesShown.places({
    draw,
    drop: (/** @type {SweepState} */ state) => state.plots.forEach((plot) => plot.destroy()),
    size: (root) => root.clientWidth,
  });

  /** @param {Charts} data @param {number} value @param {number} digits */
  function number(data, value, digits) {
    return value.toLocaleString(data.lang, { maximumSignificantDigits: digits });
  }

  /**
   * seriesOf makes uPlot's series and columns of a chart: for each line the
   * curve, and for those with a spread its two borders with a band between.
   * @param {Chart} chart @param {Record<string, string>} ink
   */
  function seriesOf(chart, ink) {
    /** @type {{ columns: (number | null)[][], series: { label?: string, [option: string]: unknown }[], bands: object[], curves: number[] }} */
    const out = { columns: [chart.x], series: [{}], bands: [], curves: [] };
    const add = (/** @type {(number | null)[]} */ values, /** @type {Record<string, unknown>} */ options) => {
      out.columns.push(values);
      return out.series.push(Object.assign({ spanGaps: false, points: { show: false } }, options)) - 1;
    };
    for (const line of chart.lines) {
      const colour = ink["m-" + line.method];
      if (line.low && line.high) {
        const high = add(line.high, { width: 0 });
        const low = add(line.low, { width: 0 });
        out.bands.push({ series: [high, low], fill: colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.2)") });
      }
      const at = add(line.values, {
        label: line.label,
        stroke: colour,
        width: line.law ? 1.5 : 2.5,
        dash: line.law && { amdahl: [7, 4], usl: [2, 3] }[line.law],
        points: { show: !line.law, size: 7, fill: colour },
      });
      out.curves.push(at);
    }
    return out;
  }

  /** @param {SweepState} state */
  function draw(state) {
    state.plots.forEach((plot) => plot.destroy());
    const ink = carrilesShown.ink(["soft", "line", "bad", ...state.data.charts.flatMap((c) => c.lines.map((line) => "m-" + line.method))]);
    const values = (/** @type {number} */ digits) => (/** @type {uPlot} */ u, /** @type {number[]} */ at) => at.map((x) => number(state.data, x, digits));
    const rule = { stroke: ink.line, width: 1 };
    // As large beside the words around it on a projector as on a laptop.
    const letters = Math.max(12, 0.75 * parseFloat(getComputedStyle(state.root).fontSize));
    const axis = { stroke: ink.soft, font: letters + "px system-ui, sans-serif", grid: rule, ticks: rule };
    state.plots = [];
    /** @type {NodeListOf<HTMLElement>} */
    const all = state.root.querySelectorAll("[data-chart]");
    for (const place of all) {
      const chart = state.data.charts[Number(place.dataset.chart)];
      const made = seriesOf(chart, ink);
      const readout = place.parentElement?.querySelector("[data-readout]");
      const options = {
        width: Math.max(200, place.clientWidth),
        height: Math.max(280, place.clientHeight), // of a place that has one
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: {
          x: { time: false },
          y: { range: (/** @type {uPlot} */ u, /** @type {number} */ low, /** @type {number} */ high) => [0, high * 1.08 || 1] },
        },
        // Of few values each has its mark on the axis.
        axes: [{ ...axis, incrs: chart.x.every(Number.isInteger) ? WHOLE : undefined, splits: chart.x.length > 12 ? undefined : () => chart.x, values: values(6), size: 4 * letters }, { ...axis, size: 4.6 * letters, values: values(4) }],
        series: made.series,
        bands: made.bands,
        hooks: {
          drawClear: [
            (/** @type {uPlot} */ u) => {
              const { ctx, bbox } = u;
              if (chart.beyond) {
                const from = Math.max(bbox.left, u.valToPos(chart.beyond, "x", true));
                ctx.fillStyle = ink.line;
                ctx.globalAlpha = 0.35;
                ctx.fillRect(from, bbox.top, bbox.left + bbox.width - from, bbox.height);
                ctx.globalAlpha = 1;
              }
            },
          ],
          draw: [
            (/** @type {uPlot} */ u) => {
              const { ctx, bbox } = u;
              ctx.strokeStyle = ink.bad;
              ctx.setLineDash([8, 6]);
              for (const x of chart.marks || []) {
                ctx.strokeRect(u.valToPos(x, "x", true), bbox.top, 0, bbox.height);
              }
              ctx.setLineDash([]);
            },
          ],
          setCursor: [
            (/** @type {uPlot} */ u) => {
              const i = u.cursor.idx;
              const parts = [];
              if (i !== null && i !== undefined) {
                parts.push(state.data.axis + " " + number(state.data, chart.x[i], 6));
                for (const at of made.curves) {
                  const value = made.columns[at][i];
                  if (value !== null) {
                    parts.push(made.series[at].label + " " + number(state.data, value, 3) + chart.unit);
                  }
                }
              }
              if (readout) {
                readout.textContent = parts.join(" · ");
              }
            },
          ],
        },
      };
      state.plots.push(new uPlot(options, made.columns, place));
    }
    state.root.dataset.shown = String(state.plots.length);
  }

  return {
    /**
     * show draws the charts, given as JSON, into the places below an element
     * that carry their number.
     * @param {HTMLElement} root @param {string} json Charts
     */
    show(root, json) {
      /** @type {Charts} */
      const data = JSON.parse(json);
      let state = places.of(root);
      if (!state) {
        state = { root, data, plots: [] };
        places.add(state);
      }
      state.data = data;
      draw(state);
    },
  };
})();
