// The trace, and what is selected in it: the part in view, the filter, one call. Views listen to "view", "filter",
// "selection".

class Model {
  constructor(data) {
    this.data = data;
    const calls = data.calls;
    this.count = calls.enter.length;
    this.enter = new Float64Array(this.count);
    this.leave = new Float64Array(this.count); // for a call that never returned: the end of the trace
    this.lane = Int32Array.from(calls.lane);
    this.name = Int32Array.from(calls.name);
    this.error = Int32Array.from(calls.error); // -1: none
    this.text = Int32Array.from(calls.text);
    let time = 0;
    let end = 1;
    for (let index = 0; index < this.count; index++) {
      time += calls.enter[index];
      this.enter[index] = time;
      end = Math.max(end, time + Math.max(calls.duration[index], 0));
    }
    for (const [signalled] of data.signals) {
      end = Math.max(end, signalled);
    }
    this.end = end;
    // The calls in a lane do not overlap, so both times are in ascending order.
    this.lanes = data.threads.map(() => []);
    for (let index = 0; index < this.count; index++) {
      const duration = calls.duration[index];
      this.leave[index] = duration < 0 ? end : this.enter[index] + duration;
      this.lanes[this.lane[index]].push(index);
    }
    this.lanes = this.lanes.map((indices) => Int32Array.from(indices));
    this.duration = calls.duration;
    this.lowerTexts = null;
    this.view = this.whole();
    this.filter = { text: "", name: -1, lane: -1, failed: false, inView: false, error: -1 };
    this.selected = -1;
    this.listeners = { view: [], filter: [], selection: [] };
    this.applyFilter();
  }

  on(what, listener) {
    this.listeners[what].push(listener);
  }

  tell(what) {
    this.listeners[what].forEach((listener) => listener());
  }

  // Shows everything, with small margins.
  whole() {
    const margin = this.end / 100;
    return { start: -margin, end: this.end + margin };
  }

  setView(start, end) {
    const whole = this.whole();
    const length = Math.min(Math.max(end - start, 20), whole.end - whole.start); // nanoseconds
    start = Math.min(Math.max((start + end - length) / 2, whole.start), whole.end - length);
    this.view = { start, end: start + length };
    if (this.filter.inView) {
      this.applyFilter();
      this.tell("filter");
    }
    this.tell("view");
  }

  // Zooms by a factor around a fixed time; by default that of the selected call, or the middle.
  zoom(factor, moment = this.focus()) {
    const { start, end } = this.view;
    this.setView(moment - (moment - start) * factor, moment + (end - moment) * factor);
  }

  focus() {
    const { start, end } = this.view;
    const selected = this.selected < 0 ? NaN : this.enter[this.selected];
    return selected >= start && selected <= end ? selected : (start + end) / 2;
  }

  move(part) {
    const { start, end } = this.view;
    this.setView(start + (end - start) * part, end + (end - start) * part);
  }

  setFilter(changes) {
    Object.assign(this.filter, changes);
    this.applyFilter();
    this.tell("filter");
  }

  applyFilter() {
    const { text, name, lane, failed, inView, error } = this.filter;
    this.passes = new Uint8Array(this.count);
    let passing = null;
    if (text) {
      this.lowerTexts ??= this.data.texts.map((line) => line.toLowerCase());
      const wanted = text.toLowerCase();
      passing = this.lowerTexts.map((line) => line.includes(wanted));
    }
    const rows = new Int32Array(this.count);
    let found = 0;
    for (let index = 0; index < this.count; index++) {
      if (
        (name < 0 || this.name[index] === name) &&
        (lane < 0 || this.lane[index] === lane) &&
        (!failed || this.error[index] >= 0) &&
        (error < 0 || this.error[index] === error) &&
        (passing === null || passing[this.text[index]]) &&
        (!inView || (this.leave[index] >= this.view.start && this.enter[index] <= this.view.end))
      ) {
        this.passes[index] = 1;
        rows[found++] = index;
      }
    }
    this.rows = rows.subarray(0, found);
  }

  get isFiltered() {
    return this.rows.length < this.count;
  }

  select(index) {
    this.selected = index;
    this.tell("selection");
  }

  // Selects the next or previous call that passes the filter, and brings it into view.
  step(by) {
    if (!this.rows.length) {
      return;
    }
    const place = this.rows.indexOf(this.selected);
    const next = place < 0 ? (by > 0 ? 0 : this.rows.length - 1) : place + by;
    this.select(this.rows[Math.min(Math.max(next, 0), this.rows.length - 1)]);
    this.show(this.selected);
  }

  show(index) {
    const { start, end } = this.view;
    if (this.leave[index] < start || this.enter[index] > end) {
      const middle = this.enter[index];
      this.setView(middle - (end - start) / 2, middle + (end - start) / 2);
    }
  }

  zoomTo(index) {
    const duration = Math.max(this.leave[index] - this.enter[index], 20);
    this.setView(this.enter[index] - duration * 2, this.leave[index] + duration * 2);
  }

  // The call's duration, or null if it never returned.
  took(index) {
    return this.duration[index] < 0 ? null : this.duration[index];
  }

  line(index) {
    return this.data.texts[this.text[index]];
  }

  colourOf(index) {
    return this.data.classes[this.name[index]];
  }
}

// The first index in a lane whose call ends at or after a given time.
function firstBehind(model, lane, moment) {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.leave[lane[middle]] < moment) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
