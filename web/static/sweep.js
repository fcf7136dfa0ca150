// The curves of a sweep, drawn with uPlot. The page hands them over as JSON and
// has uPlot loaded before.
"use strict";

window.carrilesSweep = (function () {
  const shown = new Map(); // by element: its curves

  function number(data, value, digits) {
    return value.toLocaleString(data.lang, { maximumSignificantDigits: digits });
  }

  // seriesOf makes uPlot's series and columns of a chart: for each line the
  // curve, and for those with a spread its two borders with a band between.
  function seriesOf(chart, read) {
    const out = { columns: [chart.x], series: [{}], bands: [], curves: [] };
    const add = (values, options) => {
      out.columns.push(values);
      return out.series.push(Object.assign({ spanGaps: false, points: { show: false } }, options)) - 1;
    };
    for (const line of chart.lines) {
      const colour = read("m-" + line.method);
      if (line.low) {
        const high = add(line.high, { width: 0 });
        const low = add(line.low, { width: 0 });
        out.bands.push({ series: [high, low], fill: colour + "33" });
      }
      const at = add(line.values, {
        label: line.label,
        stroke: colour,
        width: line.law ? 1.5 : 2.5,
        dash: { amdahl: [7, 4], usl: [2, 3] }[line.law],
        points: { show: !line.law, size: 7, fill: colour },
      });
      out.curves.push(at);
    }
    return out;
  }

  function draw(state) {
    for (const plot of state.plots) {
      plot.destroy();
    }
    const style = getComputedStyle(state.root);
    const read = (name) => style.getPropertyValue("--" + name).trim();
    const axis = { stroke: read("soft"), font: "12px system-ui, sans-serif", grid: { stroke: read("line"), width: 1 }, ticks: { stroke: read("line"), width: 1 } };
    state.plots = [];
    for (const place of state.root.querySelectorAll("[data-chart]")) {
      const chart = state.data.charts[Number(place.dataset.chart)];
      const made = seriesOf(chart, read);
      const readout = place.parentElement.querySelector("[data-readout]");
      const options = {
        width: Math.max(200, place.clientWidth),
        height: 280,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: false }, y: { range: (u, low, high) => [0, high * 1.08 || 1] } },
        axes: [
          Object.assign({}, axis, { splits: () => chart.x, values: (u, at) => at.map((x) => number(state.data, x, 6)) }),
          Object.assign({}, axis, { size: 56, values: (u, at) => at.map((y) => number(state.data, y, 4)) }),
        ],
        series: made.series,
        bands: made.bands,
        hooks: {
          setCursor: [
            (u) => {
              const i = u.cursor.idx;
              const parts = i === null || i === undefined ? [] : [state.data.axis + " " + number(state.data, chart.x[i], 6)];
              for (const at of parts.length ? made.curves : []) {
                const value = made.columns[at][i];
                if (value !== null) {
                  parts.push(made.series[at].label + " " + number(state.data, value, 3) + chart.unit);
                }
              }
              readout.textContent = parts.join(" · ");
            },
          ],
        },
      };
      state.plots.push(new uPlot(options, made.columns, place));
    }
    state.root.dataset.shown = state.plots.length;
  }

  // prune forgets what the page no longer shows.
  function prune() {
    for (const [root, state] of shown) {
      if (!root.isConnected) {
        state.resize.disconnect();
        state.plots.forEach((plot) => plot.destroy());
        shown.delete(root);
      }
    }
  }

  function drawAll() {
    prune();
    for (const state of shown.values()) {
      draw(state);
    }
  }

  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    window.matchMedia(query).addEventListener("change", drawAll);
  }

  return {
    // show draws the charts, given as JSON, into the places below an element
    // that carry their number.
    show(root, json) {
      prune();
      let state = shown.get(root);
      if (!state) {
        state = { root, plots: [], width: root.clientWidth };
        shown.set(root, state);
        state.resize = new ResizeObserver(() => {
          if (root.clientWidth !== state.width) {
            state.width = root.clientWidth;
            draw(state);
          }
        });
        state.resize.observe(root);
      }
      state.data = JSON.parse(json);
      draw(state);
    },
  };
})();
