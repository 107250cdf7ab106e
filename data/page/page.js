"use strict";
// The page can be read without this. It adds filters over the evidence, and shows the words behind a value in place.
{
  const byId = (id) => document.getElementById(id);
  const filters = byId("filters"), reader = byId("reader"), shown = byId("shown");
  const items = [...document.querySelectorAll("#evidence .item")].map((element) => ({
    element,
    actors: element.dataset.actors.split(" "),
    issues: element.dataset.issues.split(" "),
    outlet: element.dataset.outlet,
    day: element.dataset.day,
  }));
  const boxes = [...document.querySelectorAll("#evidence .group, #evidence .holder, #evidence .exhibit")].reverse();
  const number = (n) => n.toLocaleString("en");

  // Show what fits the filters; boxes in which nothing is left go too, and those that are left open.
  const apply = () => {
    const [actor, issue, outlet, since, until] = ["actor", "issue", "outlet", "since", "until"].map(
      (name) => byId(`only-${name}`).value,
    );
    const any = actor || issue || outlet || since || until;
    let left = 0;
    for (const item of items) {
      const fits =
        (!actor || item.actors.includes(actor)) &&
        (!issue || item.issues.includes(issue)) &&
        (!outlet || item.outlet === outlet) &&
        (!since || (item.day && item.day >= since)) &&
        (!until || (item.day && item.day <= until));
      item.element.hidden = !fits;
      left += fits;
    }
    for (const box of boxes) {
      box.hidden = !box.querySelector(".item:not([hidden])");
      if (box.matches("details")) box.open = Boolean(any) && !box.hidden;
    }
    shown.textContent = !any
      ? `${number(items.length)} passages.`
      : left
        ? `${number(left)} of ${number(items.length)} passages fit.`
        : "No passage fits: take a filter away.";
  };

  const clear = () => {
    for (const field of filters.querySelectorAll("select, input")) field.value = "";
    apply();
  };

  // Show the words behind a value in a dialog: a copy of what its link leads to, whatever the filters hide there.
  const read = (target) => {
    const copy = target.cloneNode(true);
    for (const element of [copy, ...copy.querySelectorAll("[id]")]) element.removeAttribute("id");
    for (const element of copy.querySelectorAll("[hidden]")) element.hidden = false;
    for (const element of copy.querySelectorAll("details")) element.open = true;
    byId("reader-title").textContent = target.dataset.title;
    byId("reader-words").replaceChildren(copy);
    reader.showModal();
    reader.scrollTop = 0;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.behind");
    const target = link && byId(link.hash.slice(1));
    if (target && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      read(target);
    }
    if (event.target === reader) reader.close(); // the backdrop
  });
  byId("close").addEventListener("click", () => reader.close());
  filters.addEventListener("change", apply);
  byId("clear").addEventListener("click", clear);
  filters.hidden = false;

  // Paper cannot be unfolded.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("#evidence details:not([open])")];
    for (const box of folded) box.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const box of folded) box.open = false;
  });
}
