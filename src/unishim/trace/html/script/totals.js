// Totals by name, and failed calls by name and error, for the calls that pass the filter.

const TOTALS_COLUMNS = [
  { key: "name", title: "call" },
  { key: "calls", title: "calls", number: true },
  { key: "errors", title: "errors", number: true },
  { key: "time", title: "time", number: true },
  { key: "average", title: "per call", number: true },
  { key: "share", title: "share", sorts: "time" },
];

class Totals {
  constructor(model, table, groups) {
    Object.assign(this, { model, table, groups });
    this.sort = { key: "time", descending: true };
    this.headers = TOTALS_COLUMNS.map((column) => {
      const button = element("button", { type: "button", text: column.title });
      const key = column.sorts ?? column.key;
      button.addEventListener("click", () => {
        this.sort = { key, descending: this.sort.key === key ? !this.sort.descending : key !== "name" };
        this.draw();
      });
      const header = element("th", { scope: "col", className: column.number ? "number" : "" }, button);
      table.tHead.rows[0].append(header);
      return { column, header };
    });
    model.on("filter", () => this.draw());
    this.draw();
  }

  count() {
    const { model } = this;
    const byName = new Map();
    const failed = new Map();
    for (const index of model.rows) {
      const name = model.name[index];
      let row = byName.get(name);
      if (!row) {
        row = { number: name, name: model.data.names[name], calls: 0, errors: 0, time: 0 };
        byName.set(name, row);
      }
      row.calls++;
      row.time += model.took(index) ?? 0;
      if (model.error[index] >= 0) {
        row.errors++;
        const key = name * model.data.errors.length + model.error[index];
        failed.set(key, (failed.get(key) ?? 0) + 1);
      }
    }
    const rows = [...byName.values()];
    const total = { calls: 0, errors: 0, time: 0 };
    for (const row of rows) {
      row.average = row.time / row.calls;
      for (const key of ["calls", "errors", "time"]) {
        total[key] += row[key];
      }
    }
    return { rows, total, failed };
  }

  draw() {
    const { rows, total, failed } = this.count();
    const { key, descending } = this.sort;
    const sign = descending ? -1 : 1;
    rows.sort((a, b) => sign * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0) || (a.name < b.name ? -1 : 1));
    for (const { column, header } of this.headers) {
      const sorted = column.key === key;
      header.setAttribute("aria-sort", sorted ? (descending ? "descending" : "ascending") : "none");
    }
    this.table.tBodies[0].replaceChildren(...rows.map((row) => this.row(row, total)));
    const sums = ["all", formatCount(total.calls), formatCount(total.errors), formatTime(total.time)];
    const average = total.calls ? formatTime(Math.round(total.time / total.calls)) : "";
    const cells = [...sums, average, ""].map((text, place) =>
      element("td", { text, className: place ? "number" : "" }),
    );
    this.table.tFoot.replaceChildren(element("tr", {}, ...cells));
    this.drawGroups(failed);
  }

  row(row, total) {
    const { model } = this;
    const button = element("button", { type: "button", text: row.name, title: "Show only these" });
    button.addEventListener("click", () => model.setFilter({ name: model.filter.name === row.number ? -1 : row.number }));
    const share = total.time ? row.time / total.time : 0;
    const track = element("span", {
      style: { width: `${(share * 100).toFixed(2)}%`, background: `var(--${model.data.classes[row.number]})` },
    });
    const percent = `${(share * 100).toFixed(1)} %`;
    return element(
      "tr",
      { "data-name": row.name },
      element("td", {}, button),
      element("td", { className: "number", text: formatCount(row.calls) }),
      element("td", { className: row.errors ? "number errors" : "number", text: row.errors ? formatCount(row.errors) : "" }),
      element("td", { className: "number", text: formatTime(row.time) }),
      element("td", { className: "number", text: formatTime(Math.round(row.average)) }),
      element(
        "td",
        { className: "share", title: percent },
        element("div", { className: "track", role: "img", "aria-label": percent }, track),
      ),
    );
  }

  drawGroups(failed) {
    const { model } = this;
    const groups = [...failed].sort((a, b) => b[1] - a[1]);
    this.groups.replaceChildren(
      ...groups.map(([key, count]) => {
        const name = Math.floor(key / model.data.errors.length);
        const error = key % model.data.errors.length;
        const text = `${formatCount(count)} × ${model.data.names[name]} ${model.data.errors[error]}`;
        const button = element("button", { type: "button", text, title: "Show only these" });
        button.addEventListener("click", () => {
          const isOn = model.filter.error === error && model.filter.name === name;
          model.setFilter(isOn ? { name: -1, error: -1 } : { name, error });
        });
        return element("li", {}, button);
      }),
    );
  }
}
