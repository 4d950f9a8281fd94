// Builds the page from the trace.

const CLASS_TITLES = {
  file: "files by path",
  desc: "descriptors",
  memory: "memory",
  process: "processes",
  signal: "signals",
  clock: "time",
  network: "network",
  other: "other",
};

function showHeader(model) {
  const { data } = model;
  const program = data.argv[0].split("/").pop() || data.argv[0];
  document.title = `${program}: unishim trace`;
  byId("program").textContent = program;
  byId("command").textContent = data.argv.join(" ");
  const failed = model.error.reduce((sum, error) => sum + (error >= 0 ? 1 : 0), 0);
  const facts = [
    ["calls", formatCount(model.count)],
    ["failed", formatCount(failed), failed > 0],
    ["threads", formatCount(data.threads.length)],
    ["time", formatTime(Math.round(model.end))],
    ["end", data.end ?? "unknown", data.end !== null && data.end !== "exited with 0"],
  ];
  if (data.expression !== "all") {
    facts.push(["only", data.expression]);
  }
  for (const [term, text, isBad] of facts) {
    const fact = element("div", { className: isBad ? "bad" : "" }, element("dt", { text: term }), element("dd", { text }));
    byId("facts").append(fact);
  }
}

function showLegend(list, entries) {
  for (const [name, title, glyph] of entries) {
    const mark = glyph
      ? element("span", { className: "glyph", text: glyph, style: { color: `var(--${name})` } })
      : element("span", { className: "swatch", style: { background: `var(--${name})` } });
    list.append(element("li", {}, mark, title));
  }
}

function connectFilter(model) {
  const { data } = model;
  const [text, name, thread, failed, inView] = ["text", "name", "thread", "failed", "view"].map((id) =>
    byId(`filter-${id}`),
  );
  name.append(element("option", { text: "all", value: -1 }));
  const names = data.names.map((title, number) => [title, number]).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  names.forEach(([title, number]) => name.append(element("option", { text: title, value: number })));
  thread.append(element("option", { text: "all", value: -1 }));
  data.threads.forEach((number, lane) => thread.append(element("option", { text: number, value: lane })));
  const apply = () =>
    model.setFilter({
      text: text.value,
      name: Number(name.value),
      lane: Number(thread.value),
      failed: failed.checked,
      inView: inView.checked,
      error: -1,
    });
  for (const event of ["input", "change"]) {
    byId("filter").addEventListener(event, apply);
  }
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("filter").addEventListener("reset", () => setTimeout(apply));
  const show = () => {
    name.value = model.filter.name;
    byId("filter-count").textContent = model.isFiltered
      ? `${formatCount(model.rows.length)} of ${formatCount(model.count)} calls`
      : `${formatCount(model.count)} calls`;
  };
  model.on("filter", show);
  show();
}

function connectButtons(model) {
  byId("zoom-in").addEventListener("click", () => model.zoom(0.7));
  byId("zoom-out").addEventListener("click", () => model.zoom(1 / 0.7));
  byId("zoom-all").addEventListener("click", () => model.setView(model.whole().start, model.whole().end));
}

function start() {
  const model = new Model(JSON.parse(byId("trace").textContent));
  showHeader(model);
  const classes = new Set(model.data.classes);
  showLegend(byId("legend"), [
    ...Object.entries(CLASS_TITLES).filter(([name]) => classes.has(name)),
    ["failed", "failed", "▼"],
    ...(model.data.signals.length ? [["signal", "signal", "◆"]] : []),
  ]);
  showLegend(byId("memory-legend"), ACCESSES);
  byId("memory-note").textContent =
    model.data.expression === "all"
      ? "Mapped memory, whether touched or not. Click the chart to see the map at that time."
      : "Not all calls were traced, so changes of the map may be missing.";
  connectFilter(model);
  connectButtons(model);
  const timeline = new Timeline(model, byId("timeline"), byId("tip"));
  const overview = new Overview(model, byId("overview"));
  new CallTable(model, byId("calls"), () => model.rows);
  new CallTable(model, byId("failed"), () => model.rows.filter((index) => model.error[index] >= 0));
  new Totals(model, byId("totals"), byId("failed-groups"));
  const memory = new Memory(model, {
    canvas: byId("memory"),
    slider: byId("memory-moment"),
    text: byId("memory-moment-text"),
    body: byId("memory-map").tBodies[0],
  });
  model.on("selection", () => {
    byId("selected").textContent = model.selected < 0 ? "" : describe(model, model.selected);
  });
  const draw = () => {
    timeline.draw();
    overview.draw();
    memory.draw();
  };
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}

start();
