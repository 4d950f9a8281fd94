// The amount of mapped memory over time, by access rights, and the map at one time.

const ACCESSES = [
  ["executable", "executable"],
  ["writable", "writable"],
  ["readable", "read-only"],
  ["reserved", "no access"],
];

function accessOf(protection) {
  return protection & 4 ? 0 : protection & 2 ? 1 : protection & 1 ? 2 : 3; // PROT_EXEC, _WRITE, _READ: mmap(2)
}

// Regions in ascending order, without overlap, changed step by step.
class Regions {
  constructor() {
    this.list = [];
    this.sizes = [0, 0, 0, 0]; // bytes by access
  }

  // The first region that ends after an address.
  find(address) {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].end <= address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  put([, start, end, protection, name]) {
    const first = this.find(start);
    let last = first;
    const parts = [];
    for (; last < this.list.length && this.list[last].start < end; last++) {
      const region = this.list[last];
      this.sizes[accessOf(region.protection)] -= region.end - region.start;
      if (region.start < start) {
        parts.push({ ...region, end: start });
      }
      if (region.end > end) {
        parts.push({ ...region, start: end });
      }
    }
    if (protection >= 0) {
      parts.push({ start, end, protection, name });
    }
    parts.sort((a, b) => a.start - b.start);
    for (const region of parts) {
      this.sizes[accessOf(region.protection)] += region.end - region.start;
    }
    this.list.splice(first, last - first, ...parts);
  }
}

class Memory {
  constructor(model, parts) {
    Object.assign(this, { model, ...parts });
    this.changes = model.data.memory;
    this.measure();
    this.slider.max = Math.max(this.steps.length - 1, 0);
    this.slider.addEventListener("input", () => this.choose(Number(this.slider.value)));
    this.canvas.addEventListener("pointerdown", (event) => this.pick(event));
    this.canvas.addEventListener("pointermove", (event) => event.buttons && this.pick(event));
    model.on("view", () => requestAnimationFrame(() => this.draw()));
    this.choose(this.steps.length - 1);
  }

  // One step for each time at which something changed: the time, the number of changes so far, sizes.
  measure() {
    const regions = new Regions();
    this.steps = [];
    this.most = 1;
    this.changes.forEach((change, place) => {
      regions.put(change);
      const last = this.steps.at(-1);
      const step = { time: change[0], changes: place + 1, sizes: [...regions.sizes] };
      if (last && last.time === change[0]) {
        Object.assign(last, step);
      } else {
        this.steps.push(step);
      }
    });
    for (const step of this.steps) {
      this.most = Math.max(this.most, step.sizes.reduce((a, b) => a + b));
    }
  }

  pick(event) {
    const moment = this.axis.time(event.offsetX);
    let step = 0;
    while (step + 1 < this.steps.length && this.steps[step + 1].time <= moment) {
      step++;
    }
    this.slider.value = step;
    this.choose(step);
  }

  choose(step) {
    this.step = step;
    this.slider.value = Math.max(step, 0);
    const regions = new Regions();
    if (step >= 0) {
      this.changes.slice(0, this.steps[step].changes).forEach((change) => regions.put(change));
      const total = this.steps[step].sizes.reduce((a, b) => a + b);
      const of = this.steps.length - 1;
      this.text.textContent = step
        ? `${formatMoment(this.steps[step].time)}, change ${step} of ${of}: ${formatSize(total)} mapped`
        : `at the program's start: ${formatSize(total)} mapped, before ${of} changes`;
    }
    this.body.replaceChildren(
      ...regions.list.map((region) =>
        element(
          "tr",
          {},
          element("td", { text: `${region.start.toString(16)}-${region.end.toString(16)}` }),
          element("td", { className: "number", text: formatSize(region.end - region.start) }),
          this.accessCell(region.protection),
          element("td", { text: this.model.data.regions[region.name] }),
        ),
      ),
    );
    this.draw();
  }

  accessCell(protection) {
    const letters = ["r", "w", "x"].map((letter, bit) => (protection & (1 << bit) ? letter : "-")).join("");
    const swatch = element("span", {
      className: "swatch",
      style: { background: `var(--${ACCESSES[accessOf(protection)][0]})`, display: "inline-block" },
    });
    return element("td", {}, swatch, ` ${letters}`);
  }

  draw() {
    const { context, width, height } = prepareCanvas(this.canvas, 170);
    this.axis = new Axis(this.model.view, LANE_LABEL, width - LANE_LABEL);
    this.axis.draw(context, 0, height);
    if (!this.steps.length) {
      return;
    }
    const bottom = height - 2;
    const y = (bytes) => bottom - (bytes / this.most) * (height - 34);
    context.save();
    context.beginPath();
    context.rect(LANE_LABEL, 18, width - LANE_LABEL, height);
    context.clip();
    const below = this.steps.map(() => 0);
    ACCESSES.forEach(([name], access) => {
      context.fillStyle = colour(name);
      context.beginPath();
      context.moveTo(this.axis.x(0), y(below[0]));
      const edge = this.steps.map((step, place) => below[place] + step.sizes[access]);
      this.trace(context, edge, y, false);
      this.trace(context, below, y, true);
      context.fill();
      edge.forEach((bytes, place) => {
        below[place] = bytes;
      });
    });
    const x = this.axis.x(Math.max(this.steps[this.step].time, 0));
    context.strokeStyle = colour("text");
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(x, 18);
    context.lineTo(x, bottom);
    context.stroke();
    context.restore();
    context.fillStyle = colour("quiet");
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.fillText(formatSize(this.most), 2, y(this.most), LANE_LABEL - 6);
    context.fillText("0", 2, bottom - 6);
  }

  // The steps as a staircase to the end of the trace, or back from there.
  trace(context, heights, y, back) {
    const times = [...this.steps.map((step) => step.time), this.model.end];
    const order = back ? heights.map((_, place) => heights.length - 1 - place) : heights.map((_, place) => place);
    for (const place of order) {
      const edges = [this.axis.x(times[place]), this.axis.x(times[place + 1])];
      for (const x of back ? edges.reverse() : edges) {
        context.lineTo(x, y(heights[place]));
      }
    }
  }
}
