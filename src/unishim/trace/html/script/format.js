// Numbers in readable form, and elements with text: output of the program is only ever inserted as text.

function formatTime(ns) {
  const [size, unit] = ns >= 1e9 ? [1e9, "s"] : ns >= 1e6 ? [1e6, "ms"] : ns >= 1e3 ? [1e3, "µs"] : [1, "ns"];
  const value = ns / size;
  return `${size === 1 ? value : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

// Time since the start of the trace, to the nanosecond.
function formatMoment(ns) {
  return `${(ns / 1e6).toFixed(6)} ms`;
}

function formatSize(bytes) {
  for (const [size, unit] of [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]) {
    if (bytes >= size) {
      const value = bytes / size;
      return `${Number.isInteger(value) ? value : value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
    }
  }
  return `${bytes} B`;
}

function formatCount(count) {
  return count.toLocaleString("en").replaceAll(",", "\u202f");
}

function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  const { text, className, style, ...attributes } = options;
  if (text !== undefined) {
    made.textContent = text;
  }
  if (className) {
    made.className = className;
  }
  for (const [property, value] of Object.entries(style ?? {})) {
    made.style.setProperty(property, value);
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

function byId(id) {
  return document.getElementById(id);
}

// A colour from the style sheet, which depends on the dark mode.
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Sizes the canvas in device pixels; drawing uses CSS pixels.
function prepareCanvas(canvas, height) {
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
