// Equity with the drawdown under it: one time axis, one crosshair, lines where the version changed.

import { label, ticks } from "./axis.js";
import { number, percent, signed, stamp } from "./format.js";
import { find } from "./page.js";

const PATIENCE = 8_000; // milliseconds for the chart file

// Resolves to Chart, or rejects with the reason in words.
export function chartLibrary() {
  const file = find("chart-file");
  const away = "The charts are missing: their file could not be fetched from cdn.jsdelivr.net, or it was not the file this page expects. All figures stand in the tables.";
  const slow = "The charts are missing: cdn.jsdelivr.net has not answered. All figures stand in the tables.";
  return new Promise((resolve, reject) => {
    const settle = () => (window.Chart ? resolve(window.Chart) : reject(new Error(away)));
    if (window.Chart || file.dataset.failed) {
      settle();
      return;
    }
    file.addEventListener("load", settle);
    file.addEventListener("error", settle);
    setTimeout(() => (window.Chart ? resolve(window.Chart) : reject(new Error(slow))), PATIENCE);
  });
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

let pointed = null; // the time under the pointer, shared by both charts
const charts = [];

const crosshair = {
  id: "crosshair",
  afterEvent(chart, { event }) {
    const inside = event.type !== "mouseout" && chart.isPointInArea(event);
    const before = pointed;
    pointed = inside ? nearest(chart, event.x) : null;
    if (before !== pointed) for (const other of charts) show(other);
  },
  afterDatasetsDraw(chart) {
    const { ctx, chartArea: area, scales } = chart;
    ctx.save();
    ctx.lineWidth = 1;
    for (const mark of chart.options.plugins.marks.list) {
      const x = Math.round(scales.x.getPixelForValue(mark.x)) + 0.5;
      if (x < area.left || x > area.right) continue;
      ctx.strokeStyle = colour("--quiet");
      ctx.setLineDash([3, 3]);
      stroke(ctx, x, area.top, x, area.bottom);
      if (mark.label && chart.options.plugins.marks.labelled) {
        ctx.fillStyle = colour("--quiet");
        ctx.font = fontOf(chart);
        const width = ctx.measureText(mark.label).width;
        const left = x + 4 + width > area.right ? x - 4 - width : x + 4;
        ctx.fillText(mark.label, left, area.top + 10);
      }
    }
    if (pointed !== null) {
      const x = Math.round(scales.x.getPixelForValue(pointed)) + 0.5;
      ctx.setLineDash([]);
      ctx.strokeStyle = colour("--quiet");
      stroke(ctx, x, area.top, x, area.bottom);
    }
    ctx.restore();
  },
};

const fontOf = (chart) => `12px ${chart.constructor.defaults.font.family}`;

function stroke(ctx, x1, y1, x2, y2) {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

function nearest(chart, x) {
  const points = chart.data.datasets[0].data;
  const at = chart.scales.x.getValueForPixel(x);
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle].x <= at) low = middle;
    else high = middle;
  }
  if (!points.length) return null;
  return at - points[low].x < points[high].x - at ? points[low].x : points[high].x;
}

function show(chart) {
  const index = chart.data.datasets[0].data.findIndex((point) => point.x === pointed);
  const active = index < 0 ? [] : [{ datasetIndex: 0, index }];
  chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
  chart.update("none");
}

function options({ format, labelled, tooltip, short }) {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    events: ["mousemove", "mouseout", "touchstart", "touchmove"],
    interaction: { mode: "nearest", axis: "x", intersect: false },
    layout: { autoPadding: false, padding: { top: 6, right: 8 } },
    scales: {
      x: {
        type: "linear",
        bounds: "data",
        border: { display: false },
        grid: { color: () => colour("--grid") },
        afterBuildTicks(axis) {
          axis.ticks = ticks(axis.min, axis.max, Math.max(2, Math.floor(axis.width / 72)))
            .map((value) => ({ value }));
        },
        ticks: {
          display: !labelled,
          maxRotation: 0,
          align: "inner",
          autoSkip: false,
          color: () => colour("--quiet"),
          font: { size: 12 },
          callback(value, index, all) {
            return label(value, all.length > 1 ? all[1].value - all[0].value : 0, index === 0);
          },
        },
      },
      y: {
        border: { display: false },
        // One width for both, so that their time axes stand under one another.
        afterFit(axis) { axis.width = 76; },
        grid: { color: (at) => colour(at.tick.value === 0 ? "--quiet" : "--grid") },
        ticks: { color: () => colour("--quiet"), font: { size: 12 }, maxTicksLimit: short ? 3 : 6, callback: format },
        ...(short && { max: 0 }),
      },
    },
    plugins: {
      legend: { display: false },
      marks: { list: [], labelled },
      tooltip: {
        animation: false,
        displayColors: false,
        backgroundColor: () => colour("--text"),
        titleColor: () => colour("--page"),
        bodyColor: () => colour("--page"),
        callbacks: { title: (items) => (items[0] ? stamp(new Date(items[0].raw.x).toISOString()) : ""), label: tooltip },
      },
    },
  };
}

function line(name, fill) {
  return {
    data: [],
    stepped: true,
    tension: 0,
    borderWidth: 1.5,
    borderColor: () => colour(name),
    backgroundColor: () => colour(fill),
    pointRadius: 0,
    pointHoverRadius: 3,
    pointBackgroundColor: () => colour(name),
    fill: fill === "--loss-soft" ? "origin" : false,
  };
}

export function makeCharts(Chart, asset) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const equity = new Chart(find("equity-chart"), {
    type: "line",
    data: { datasets: [line("--gain", "--gain-soft")] },
    options: options({
      labelled: true,
      format: (value) => number(value, Math.abs(value) < 100 ? 2 : 0),
      tooltip: ({ raw }) => [
        `Equity ${number(raw.y)} ${asset()}`,
        raw.realised === null ? "" : `Realised ${signed(raw.realised)}`,
        raw.unrealised === null ? "" : `Unrealised ${signed(raw.unrealised)}`,
        `Version ${raw.version}`,
      ].filter(Boolean),
    }),
    plugins: [crosshair],
  });
  const drawdown = new Chart(find("drawdown-chart"), {
    type: "line",
    data: { datasets: [line("--loss-line", "--loss-soft")] },
    options: options({
      labelled: false,
      short: true,
      format: (value) => percent(value, 0),
      tooltip: ({ raw }) => `Drawdown ${percent(raw.y)}`,
    }),
    plugins: [crosshair],
  });
  charts.push(equity, drawdown);
  return { equity, drawdown };
}

// Points oldest first. Nothing moves when they are the ones already drawn.
export function drawCurve({ equity, drawdown }, points) {
  const marks = [];
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (before && before.version !== point.version) {
      marks.push({ x: Date.parse(point.time), label: point.version });
    }
    if (before && before.deposits !== null && before.deposits !== point.deposits) {
      const moved = Number(point.deposits) - Number(before.deposits);
      marks.push({ x: Date.parse(point.time), label: `${moved > 0 ? "paid in" : "paid out"} ${number(Math.abs(moved), 0)}` });
    }
  });
  equity.data.datasets[0].data = points.map((point) => ({
    x: Date.parse(point.time),
    y: Number(point.equity),
    realised: point.realised,
    unrealised: point.unrealised,
    version: point.version,
  }));
  drawdown.data.datasets[0].data = points
    .filter((point) => point.drawdown !== null)
    .map((point) => ({ x: Date.parse(point.time), y: point.drawdown }));
  const ends = [Date.parse(points[0].time), Date.parse(points.at(-1).time)];
  for (const chart of [equity, drawdown]) {
    [chart.options.scales.x.min, chart.options.scales.x.max] = ends;
    chart.options.plugins.marks.list = marks;
    chart.update("none");
  }
}

export function repaint() {
  for (const chart of charts) chart.update("none");
}
