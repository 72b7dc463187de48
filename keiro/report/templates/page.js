// Draws the charts of the language that is shown, and switches between the two languages.
// Nothing is remembered: no storage, no cookie, no request.
(() => {
  "use strict";
  const root = document.documentElement;
  const payload = JSON.parse(document.getElementById("payload").textContent);
  const bodies = [...document.querySelectorAll("[data-body]")];
  const buttons = [...document.querySelectorAll("button[data-lang]")];
  const drawn = new Set();

  // `ast` interprets Vega's expressions, so the page's policy can forbid code made from text.
  // Errors only: a chart without flags warns that its band has no extent.
  const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, logLevel: 1 };

  const draw = async (body) => {
    const lang = body.dataset.body;
    if (drawn.has(lang)) return;
    drawn.add(lang);
    delete root.dataset.ready;
    for (const holder of body.querySelectorAll("[data-spec]")) {
      const spec = structuredClone(payload.specs[lang][holder.dataset.spec]);
      spec.data = { values: payload.rows[lang][holder.dataset.rows] };
      // Vega names its holder by the description and lists every mark to screen readers; the
      // name is enough, the values are in the tables.
      spec.description = holder.getAttribute("aria-label");
      await window.vegaEmbed(holder, spec, options);
      holder.setAttribute("role", "img");
    }
    root.dataset.ready = "true";
  };

  // The section at the top of the window, and how far it is scrolled.
  const place = (body) => {
    const sections = [...body.querySelectorAll("[data-section]")];
    const at = sections.filter((section) => section.getBoundingClientRect().top <= 80).pop();
    return at && { name: at.dataset.section, top: at.getBoundingClientRect().top };
  };

  const show = async (lang) => {
    const before = bodies.find((body) => !body.hidden);
    const after = bodies.find((body) => body.dataset.body === lang);
    if (before === after) return;
    const where = place(before);
    for (const fold of before.querySelectorAll("details[data-key]")) {
      const twin = after.querySelector(`details[data-key="${CSS.escape(fold.dataset.key)}"]`);
      if (twin) twin.open = fold.open;
    }
    before.hidden = true;
    after.hidden = false;
    root.lang = lang;
    document.title = payload.titles[lang];
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    }
    await draw(after);
    if (where) {
      const section = after.querySelector(`[data-section="${where.name}"]`);
      window.scrollBy(0, section.getBoundingClientRect().top - where.top);
    }
  };

  // A link to a KPI opens its definition.
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details")) target.open = true;
  };

  for (const button of buttons) {
    button.addEventListener("click", () => show(button.dataset.lang));
  }
  window.addEventListener("hashchange", open);
  draw(bodies.find((body) => !body.hidden)).then(open);
})();
