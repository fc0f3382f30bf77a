/**
 * What moves in the page: sorting, filtering, comparing, light and dark. It runs in the browser as it stands here; without
 * it the page shows the same tables and charts, at rest.
 */

/** @typedef {{ name: string, scores: (number | null)[] }} ComparedModel */
/** @typedef {{ tasks: { name: string, type: string }[], models: ComparedModel[] }} Compared */

/**
 * @template {Element} Kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Kind[]}
 */
const all = (selector, within = document) => /** @type {Kind[]} */ ([...within.querySelectorAll(selector)]);

/** @param {string} id */
const byId = (id) => document.getElementById(id);

function startTheme() {
  const button = byId("theme");
  if (button === null) return;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

/**
 * Numbers by size, texts by the alphabet; what is missing is last in both orders.
 *
 * @param {string | undefined} a
 * @param {string | undefined} b
 * @param {boolean} isRising
 */
function compareValues(a, b, isRising) {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [x, y] = [Number(a), Number(b)];
  const order = Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  return isRising ? order : -order;
}

function startSorting() {
  const headings = all("#models thead th");
  const body = document.querySelector("#models tbody");
  if (body === null) return;
  /** @param {Element} row @param {number} column */
  const cellValue = (row, column) => /** @type {HTMLElement | undefined} */ (row.children[column])?.dataset["value"];
  headings.forEach((heading, column) => {
    const button = /** @type {HTMLButtonElement | null} */ (heading.querySelector("button"));
    button?.addEventListener("click", () => {
      const now = heading.getAttribute("aria-sort");
      const opposite = now === "ascending" ? "descending" : "ascending";
      const order = now === null ? (button.dataset["first"] ?? "ascending") : opposite;
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order);
      const rows = all("tr", body);
      body.append(
        ...rows.sort((a, b) => compareValues(cellValue(a, column), cellValue(b, column), order === "ascending")),
      );
    });
  });
}

function startFilter() {
  const input = /** @type {HTMLInputElement | null} */ (byId("filter"));
  const size = /** @type {HTMLSelectElement | null} */ (byId("size"));
  const complete = /** @type {HTMLInputElement | null} */ (byId("complete"));
  const status = byId("shown");
  if (input === null || status === null) return;
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    const most = Number(size?.value || Number.POSITIVE_INFINITY);
    const marked = /** @type {HTMLElement[]} */ (all("[data-model]"));
    for (const element of marked) {
      const { model = "", parameters, incomplete } = element.dataset;
      const fits =
        words.every((word) => model.toLowerCase().includes(word)) &&
        (most === Number.POSITIVE_INFINITY || Number(parameters ?? Number.NaN) <= most) &&
        !(complete?.checked && incomplete !== undefined);
      element.hidden = !fits;
    }
    const rows = marked.filter((one) => one.closest("#models") !== null);
    status.textContent = `${rows.filter(({ hidden }) => !hidden).length} of ${rows.length} models`;
  };
  for (const control of [input, size, complete]) control?.addEventListener("input", apply);
  apply();
}

/** @param {string} tag @param {string} className @param {string} [text] */
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * A task's name, which a narrow window may break between its words.
 *
 * @param {string} name
 */
function taskHeading(name) {
  const heading = element("th", "left");
  heading.setAttribute("scope", "row");
  heading.append(...name.split(/(?<=[a-z0-9])(?=[A-Z])/).flatMap((word) => [word, document.createElement("wbr")]));
  return heading;
}

/** @param {number} value */
const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value).toFixed(2)}`;
/** @param {number | null | undefined} score */
const scoreText = (score) => (score === null || score === undefined ? "—" : score.toFixed(2));

/** A bar from the middle, to the right where the first model is better. @param {number} share of the largest */
function barOf(share) {
  const bar = element("span", share < 0 ? "bar below" : "bar");
  bar.style.setProperty("--from", `${50 + Math.min(0, share) * 50}%`);
  bar.style.setProperty("--length", `${Math.abs(share) * 50}%`);
  const cell = element("td", "bars");
  cell.append(bar);
  return cell;
}

/** @param {Compared} data @param {ComparedModel} a @param {ComparedModel} b */
function differencesOf({ tasks }, a, b) {
  const rows = tasks.map(({ name, type }, i) => {
    const [first, second] = [a.scores[i] ?? null, b.scores[i] ?? null];
    return { name, type, first, second, difference: first === null || second === null ? null : first - second };
  });
  const sortable = (/** @type {number | null} */ value) => value ?? Number.NEGATIVE_INFINITY;
  return rows.sort((x, y) => {
    const [p, q] = [sortable(x.difference), sortable(y.difference)];
    return p === q ? 0 : q - p;
  });
}

/** @param {{ difference: number | null }[]} rows */
function summaryOf(rows) {
  const differences = rows.flatMap(({ difference }) => (difference === null ? [] : [difference]));
  if (differences.length === 0) return "They have no task in common.";
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const better = differences.filter((one) => one > 0).length;
  const worse = differences.filter((one) => one < 0).length;
  const equal = differences.length - better - worse;
  const of = `Of ${differences.length} tasks the first is better on ${better}, the second on ${worse}`;
  return `${of}${equal > 0 ? `, they are equal on ${equal}` : ""}; mean difference ${signed(mean)}.`;
}

function startComparing() {
  const source = byId("data");
  const [first, second] = [byId("first"), byId("second")].map((one) => /** @type {HTMLSelectElement | null} */ (one));
  const body = document.querySelector("#differences tbody");
  const summary = byId("summary");
  if (source === null || !first || !second || body === null || summary === null) return;
  const data = /** @type {Compared} */ (JSON.parse(source.textContent ?? ""));
  const apply = () => {
    const [a, b] = [data.models[Number(first.value)], data.models[Number(second.value)]];
    if (a === undefined || b === undefined) return;
    const rows = differencesOf(data, a, b);
    const largest = Math.max(...rows.map(({ difference }) => Math.abs(difference ?? 0))) || 1;
    body.replaceChildren(
      ...rows.map((row) => {
        const line = element("tr", "");
        line.append(
          taskHeading(row.name),
          element("td", "left type", row.type),
          element("td", "right", scoreText(row.first)),
          element("td", "right", scoreText(row.second)),
          element("td", "right difference", row.difference === null ? "—" : signed(row.difference)),
          barOf((row.difference ?? 0) / largest),
        );
        return line;
      }),
    );
    summary.textContent = summaryOf(rows);
  };
  for (const select of [first, second]) select.addEventListener("change", apply);
  apply();
}

/** The points' descriptions, which readers of screens have, for the pointer too. */
function startTitles() {
  for (const point of all("svg [aria-label]")) {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = point.getAttribute("aria-label");
    point.append(title);
  }
}

startTheme();
startSorting();
startFilter();
startComparing();
startTitles();
for (const part of /** @type {HTMLElement[]} */ (all("[data-live]"))) part.hidden = false;
