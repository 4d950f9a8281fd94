// The timeline: a lane for each thread, a bar for each call, diamonds for signals.

const LANE_LABEL = 78; // pixels

class Timeline {
  constructor(model, canvas, tip) {
    Object.assign(this, { model, canvas, tip });
    const lanes = model.lanes.length;
    this.laneHeight = lanes <= 8 ? 34 : lanes <= 24 ? 20 : 13;
    this.pending = false;
    for (const what of ["view", "filter", "selection"]) {
      model.on(what, () => this.schedule());
    }
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => this.hideTip());
    canvas.addEventListener("dblclick", () => model.setView(model.whole().start, model.whole().end));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  schedule() {
    if (!this.pending) {
      this.pending = true;
      requestAnimationFrame(() => {
        this.pending = false;
        this.draw();
      });
    }
  }

  laneTop(lane) {
    return 22 + lane * this.laneHeight;
  }

  draw() {
    const { model } = this;
    const lanes = Math.max(model.lanes.length, 1);
    const { context, width, height } = prepareCanvas(this.canvas, this.laneTop(lanes) + 4);
    this.axis = new Axis(model.view, LANE_LABEL, width - LANE_LABEL);
    this.axis.draw(context, 0, height);
    const colours = Object.fromEntries([...new Set(model.data.classes)].map((name) => [name, colour(name)]));
    colours.failed = colour("failed");
    colours.dim = colour("dim");
    context.save();
    context.beginPath();
    context.rect(LANE_LABEL, 18, width - LANE_LABEL, height);
    context.clip();
    model.lanes.forEach((calls, lane) => this.drawLane(context, calls, this.laneTop(lane), colours));
    this.drawSignals(context);
    this.drawSelected(context);
    context.restore();
    this.drawLabels(context, width);
  }

  drawLane(context, calls, top, colours) {
    const { model, axis } = this;
    const inset = this.laneHeight > 20 ? 7 : 2;
    const bar = this.laneHeight - 2 * inset;
    // Calls on the same pixels are drawn once; those that the filter excludes are drawn first.
    for (const wanted of model.isFiltered ? [0, 1] : [1]) {
      let covered = -Infinity;
      let failedCovered = -Infinity;
      for (let place = firstBehind(model, calls, model.view.start); place < calls.length; place++) {
        const index = calls[place];
        if (model.enter[index] > model.view.end) {
          break;
        }
        if (model.passes[index] !== wanted) {
          continue;
        }
        const left = Math.max(axis.x(model.enter[index]), LANE_LABEL - 2);
        const right = Math.min(Math.max(axis.x(model.leave[index]), left + 1), axis.left + axis.width + 2);
        if (right > covered + 0.5) {
          context.fillStyle = wanted ? colours[model.colourOf(index)] : colours.dim;
          const from = Math.max(left, covered);
          context.fillRect(from, top + inset, Math.max(right - from, 0.5), bar);
          if (right - left > 60 && wanted && bar > 12) {
            this.drawName(context, model.data.names[model.name[index]], left, right, top + inset + bar / 2);
          }
          covered = right;
        }
        // Failed calls are marked by a shape above, not only by colour.
        if (wanted && model.error[index] >= 0 && left > failedCovered) {
          context.fillStyle = colours.failed;
          context.beginPath();
          context.moveTo(left - 3, top);
          context.lineTo(left + 4, top);
          context.lineTo(left + 0.5, top + 6);
          context.fill();
          failedCovered = left + 3;
        }
      }
    }
  }

  drawName(context, name, left, right, middle) {
    context.font = "11px ui-monospace, monospace";
    context.textBaseline = "middle";
    if (context.measureText(name).width < right - left - 10) {
      context.fillStyle = "#ffffff";
      context.shadowColor = "rgb(0 0 0 / 60%)";
      context.shadowBlur = 3;
      context.fillText(name, left + 5, middle);
      context.shadowBlur = 0;
    }
  }

  drawSignals(context) {
    context.fillStyle = colour("signal");
    context.strokeStyle = colour("card");
    for (const [time, lane] of this.model.data.signals) {
      const x = this.axis.x(time);
      const middle = this.laneTop(lane) + this.laneHeight / 2;
      context.beginPath();
      for (const [right, down] of [[0, -8], [6, 0], [0, 8], [-6, 0]]) {
        context.lineTo(x + right, middle + down);
      }
      context.closePath();
      context.fill();
      context.stroke();
    }
  }

  drawSelected(context) {
    const { model, axis } = this;
    if (model.selected < 0) {
      return;
    }
    const left = axis.x(model.enter[model.selected]);
    const right = Math.max(axis.x(model.leave[model.selected]), left + 2);
    context.strokeStyle = colour("text");
    context.lineWidth = 2;
    context.strokeRect(left - 2, this.laneTop(model.lane[model.selected]) + 1, right - left + 4, this.laneHeight - 2);
    context.lineWidth = 1;
  }

  drawLabels(context, width) {
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.model.data.threads.forEach((thread, lane) => {
      const top = this.laneTop(lane);
      context.strokeStyle = colour("line");
      context.beginPath();
      context.moveTo(0, top + this.laneHeight + 0.5);
      context.lineTo(width, top + this.laneHeight + 0.5);
      context.stroke();
      context.fillStyle = colour("quiet");
      context.fillText(`thread ${thread}`, 2, top + this.laneHeight / 2, LANE_LABEL - 8);
    });
  }

  // The call at a position on the canvas: the one under it, or the nearest within three pixels; -1: none.
  callAt(x, y) {
    const lane = Math.floor((y - this.laneTop(0)) / this.laneHeight);
    const calls = this.model.lanes[lane];
    if (!calls || x < LANE_LABEL) {
      return -1;
    }
    const moment = this.axis.time(x);
    const reach = 3 / this.axis.scale;
    let found = -1;
    let distance = reach;
    for (let place = firstBehind(this.model, calls, moment - reach); place < calls.length; place++) {
      const index = calls[place];
      const away = Math.max(this.model.enter[index] - moment, moment - this.model.leave[index], 0);
      if (this.model.enter[index] > moment + reach) {
        break;
      }
      if (this.model.passes[index] && (found < 0 || away < distance)) {
        found = index;
        distance = away;
        if (away === 0) {
          break;
        }
      }
    }
    return found;
  }

  signalAt(x, y) {
    return this.model.data.signals.find(
      ([time, lane]) =>
        Math.abs(this.axis.x(time) - x) < 7 && Math.abs(this.laneTop(lane) + this.laneHeight / 2 - y) < 9,
    );
  }

  wheel(event) {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.model.move(Math.sign(event.deltaX || event.deltaY) * 0.1);
    } else {
      this.model.zoom(1.25 ** Math.sign(event.deltaY), this.axis.time(Math.max(event.offsetX, LANE_LABEL)));
    }
  }

  press(event) {
    const begun = { x: event.clientX, view: this.model.view, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
    this.dragged = begun;
    const move = (moved) => {
      const by = moved.clientX - begun.x;
      if (begun.moved || Math.abs(by) > 3) {
        begun.moved = true;
        this.canvas.classList.add("moving");
        this.model.setView(begun.view.start - by / this.axis.scale, begun.view.end - by / this.axis.scale);
      }
    };
    const release = (released) => {
      this.canvas.removeEventListener("pointermove", move);
      this.canvas.classList.remove("moving");
      this.dragged = null;
      if (!begun.moved && released.type === "pointerup") {
        this.model.select(this.callAt(released.offsetX, released.offsetY));
      }
    };
    this.canvas.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, release, { once: true });
    }
  }

  hover(event) {
    const signal = this.signalAt(event.offsetX, event.offsetY);
    const index = signal ? -1 : this.callAt(event.offsetX, event.offsetY);
    if (this.dragged || (index < 0 && !signal)) {
      this.hideTip();
      return;
    }
    this.tip.textContent = signal ? `${formatMoment(signal[0])}\n${signal[3]}` : describe(this.model, index);
    this.tip.hidden = false;
    const left = Math.min(event.clientX + 14, window.innerWidth - this.tip.offsetWidth - 8);
    this.tip.style.left = `${Math.max(left, 8)}px`;
    this.tip.style.top = `${event.clientY + 18}px`;
  }

  hideTip() {
    this.tip.hidden = true;
  }

  key(event) {
    const { model } = this;
    const actions = {
      ArrowLeft: () => model.move(-0.15),
      ArrowRight: () => model.move(0.15),
      ArrowUp: () => model.step(-1),
      ArrowDown: () => model.step(1),
      "+": () => model.zoom(0.7),
      "=": () => model.zoom(0.7),
      "-": () => model.zoom(1 / 0.7),
      0: () => model.setView(model.whole().start, model.whole().end),
      Home: () => model.setView(model.whole().start, model.whole().end),
      Enter: () => model.selected >= 0 && model.zoomTo(model.selected),
      Escape: () => model.select(-1),
    };
    if (actions[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      actions[event.key]();
    }
  }
}

// Time, thread, duration, and strace's line.
function describe(model, index) {
  const took = model.took(index);
  const how = took === null ? "never returned" : `took ${formatTime(took)}`;
  return `${formatMoment(model.enter[index])} · thread ${model.data.threads[model.lane[index]]} · ${how}\n${model.line(index)}`;
}
