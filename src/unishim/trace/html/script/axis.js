// The time axis that the timeline and the memory chart share.

class Axis {
  constructor(view, left, width) {
    this.view = view;
    this.left = left;
    this.width = Math.max(width, 1);
    this.scale = this.width / (view.end - view.start);
  }

  x(time) {
    return this.left + (time - this.view.start) * this.scale;
  }

  time(x) {
    return this.view.start + (x - this.left) / this.scale;
  }

  // Round times, about 110 pixels apart.
  ticks() {
    const rough = ((this.view.end - this.view.start) * 110) / this.width;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = Math.max(1, power * [1, 2, 5, 10].find((factor) => factor * power >= rough));
    const ticks = [];
    for (let time = Math.max(0, Math.ceil(this.view.start / step) * step); time <= this.view.end; time += step) {
      ticks.push(time);
    }
    return { ticks, step };
  }

  draw(context, top, bottom) {
    const { ticks, step } = this.ticks();
    const [size, unit] = step >= 1e9 ? [1e9, "s"] : step >= 1e6 ? [1e6, "ms"] : step >= 1e3 ? [1e3, "µs"] : [1, "ns"];
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const time of ticks) {
      const x = Math.round(this.x(time)) + 0.5;
      context.strokeStyle = colour("line");
      context.beginPath();
      context.moveTo(x, top + 18);
      context.lineTo(x, bottom);
      context.stroke();
      context.fillStyle = colour("quiet");
      context.fillText(`${Number((time / size).toFixed(3))} ${unit}`, x + 3, top + 8);
    }
  }
}
