// The whole trace in one strip: the number of calls and of failed calls over time, and the part in view.

class Overview {
  constructor(model, canvas) {
    Object.assign(this, { model, canvas });
    for (const what of ["view", "filter"]) {
      model.on(what, () => requestAnimationFrame(() => this.draw()));
    }
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.center(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && this.center(event));
  }

  center(event) {
    const { start, end } = this.model.view;
    const moment = this.axis.time(event.offsetX);
    this.model.setView(moment - (end - start) / 2, moment + (end - start) / 2);
  }

  draw() {
    const { model } = this;
    const { context, width, height } = prepareCanvas(this.canvas, 40);
    this.axis = new Axis(model.whole(), LANE_LABEL, width - LANE_LABEL);
    const columns = Math.max(1, Math.ceil(this.axis.width / 3));
    const all = new Float64Array(columns);
    const failed = new Float64Array(columns);
    for (const index of model.rows) {
      const column = Math.floor((this.axis.x(model.enter[index]) - LANE_LABEL) / 3);
      all[column]++;
      failed[column] += model.error[index] >= 0 ? 1 : 0;
    }
    const most = Math.max(1, all.reduce((a, b) => Math.max(a, b), 0));
    // On a logarithmic scale, so that a burst does not hide single calls.
    const tall = (count) => (Math.log1p(count) / Math.log1p(most)) * (height - 6);
    context.fillStyle = colour("page");
    context.fillRect(LANE_LABEL, 0, this.axis.width, height);
    for (let column = 0; column < columns; column++) {
      for (const [counts, name] of [[all, "desc"], [failed, "failed"]]) {
        if (counts[column]) {
          context.fillStyle = colour(name);
          const top = counts === failed ? Math.min(3, tall(1)) : tall(counts[column]);
          context.fillRect(LANE_LABEL + column * 3, height - top, 2, top);
        }
      }
    }
    const left = this.axis.x(model.view.start);
    const right = Math.max(this.axis.x(model.view.end), left + 2);
    context.fillStyle = colour("accent");
    context.globalAlpha = 0.14;
    context.fillRect(left, 0, right - left, height);
    context.globalAlpha = 1;
    context.strokeStyle = colour("accent");
    context.strokeRect(left + 0.5, 0.5, Math.max(right - left - 1, 1), height - 1);
    context.fillStyle = colour("quiet");
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.fillText("all", 2, height / 2);
  }
}
