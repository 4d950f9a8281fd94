// A table of calls in which only visible rows are elements.

const ROW_HEIGHT = 24; // pixels, as in the style sheet
const HEIGHT_MAX = 8e6; // pixels; the limit of browsers for an element is somewhat higher

class CallTable {
  constructor(model, container, chooseRows) {
    Object.assign(this, { model, container, chooseRows });
    this.body = element("div", { className: "body", role: "rowgroup" });
    const head = element("div", { className: "head", role: "row" });
    for (const [title, className] of [["time", "number"], ["thread", ""], ["call", ""], ["took", "number"]]) {
      head.append(element("div", { text: title, className, role: "columnheader" }));
    }
    container.append(head, this.body);
    container.addEventListener("scroll", () => this.draw());
    container.addEventListener("keydown", (event) => this.key(event));
    model.on("filter", () => this.update());
    model.on("selection", () => {
      this.reveal();
      this.draw();
    });
    this.update();
  }

  update() {
    this.rows = this.chooseRows();
    this.container.setAttribute("aria-rowcount", this.rows.length + 1);
    this.body.style.height = this.rows.length ? `${Math.min(this.rows.length * ROW_HEIGHT, HEIGHT_MAX)}px` : "auto";
    this.container.scrollTop = 0;
    this.draw();
  }

  // The index of the first visible row; if the rows do not fit into one element, the scroll bar acts as a slider.
  first() {
    const { scrollTop, clientHeight } = this.container;
    const room = Math.min(this.rows.length * ROW_HEIGHT, HEIGHT_MAX) + ROW_HEIGHT - clientHeight;
    const last = this.rows.length - Math.floor((clientHeight - ROW_HEIGHT) / ROW_HEIGHT);
    if (this.rows.length * ROW_HEIGHT <= HEIGHT_MAX) {
      return Math.floor(scrollTop / ROW_HEIGHT);
    }
    return Math.floor((scrollTop / room) * last);
  }

  draw() {
    if (!this.rows.length) {
      this.body.replaceChildren(element("p", { text: "No calls.", className: "empty" }));
      return;
    }
    const first = this.first();
    const end = Math.min(first + Math.ceil(this.container.clientHeight / ROW_HEIGHT) + 1, this.rows.length);
    const top = Math.floor(this.container.scrollTop / ROW_HEIGHT) * ROW_HEIGHT;
    const shown = [];
    for (let place = first; place < end; place++) {
      shown.push(this.row(place, top + (place - first) * ROW_HEIGHT));
    }
    this.body.replaceChildren(...shown);
  }

  row(place, top) {
    const { model } = this;
    const index = this.rows[place];
    const classes = [model.error[index] >= 0 ? "failed" : "", index === model.selected ? "selected" : ""];
    const took = model.took(index);
    const line = model.line(index);
    const row = element(
      "div",
      { role: "row", className: classes.join(" ").trim(), "aria-rowindex": place + 2, style: { top: `${top}px` } },
      element("div", { role: "cell", className: "number", text: formatMoment(model.enter[index]) }),
      element("div", { role: "cell", text: String(model.data.threads[model.lane[index]]) }),
      element("div", { role: "cell", text: line, title: line }),
      element("div", { role: "cell", className: "number", text: took === null ? "–" : formatTime(took) }),
    );
    row.addEventListener("click", () => {
      model.select(index);
      model.show(index);
    });
    return row;
  }

  // Scrolls to the selected row if it is not visible.
  reveal() {
    const place = this.rows.indexOf(this.model.selected);
    if (place < 0 || this.rows.length * ROW_HEIGHT > HEIGHT_MAX) {
      return;
    }
    const top = place * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.container;
    if (top < scrollTop) {
      this.container.scrollTop = top;
    } else if (top + 2 * ROW_HEIGHT > scrollTop + clientHeight) {
      this.container.scrollTop = top + 2 * ROW_HEIGHT - clientHeight;
    }
  }

  key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by) {
      event.preventDefault();
      const place = this.rows.indexOf(this.model.selected);
      const next = place < 0 ? 0 : Math.min(Math.max(place + by, 0), this.rows.length - 1);
      if (this.rows.length) {
        this.model.select(this.rows[next]);
        this.model.show(this.rows[next]);
      }
    } else if (event.key === "Enter" && this.model.selected >= 0) {
      this.model.zoomTo(this.model.selected);
    }
  }
}
