// textarea[data-where]: an expression of conditions as rows to choose and fill in: groups that all hold, of conditions of
// which any holds. An expression of another shape stays text.
import { all, create, ready } from "./dom.js";
import { groupsOf, quoted } from "./expression.js";

function conditionRow(fields, words, [name, value]) {
  const field = create("select", { class: "wa-input wa-input--sm", "aria-label": words.field });
  fields.forEach((one) => field.append(new Option(one.label, one.name, false, one.name === name)));
  const row = create("div", { class: "wa-where__row" }, field);
  const control = () => {
    const choices = fields.find((one) => one.name === field.value).choices;
    const attributes = { class: "wa-input wa-input--sm", "aria-label": words.value, "data-value": "" };
    const made = create(choices.length ? "select" : "input", attributes);
    choices.length ? made.append(new Option("", ""), ...choices.map(([key, label]) => new Option(label, key))) : (made.autocomplete = "off");
    return made;
  };
  row.append(control(), create("button", { type: "button", class: "wa-btn wa-btn--quiet wa-btn--sm", "data-drop": "", "aria-label": words.remove }, "×"));
  row.children[1].value = value;
  field.addEventListener("change", () => row.children[1].replaceWith(control()));
  return row;
}

ready("textarea[data-where]:not([data-ready])", (area) => {
  const groups = groupsOf(area.value);
  area.dataset.ready = "";
  if (!groups) return;
  const fields = JSON.parse(area.dataset.where);
  if (groups.flat().some(([name]) => !fields.some((one) => one.name === name))) return;
  const [field, value, remove, or, and] = area.dataset.words.split("|");
  const words = { field, value, remove };
  const more = (word, mark) => create("button", { type: "button", class: "wa-btn wa-btn--sm", [mark]: "" }, `+ ${word}`);
  const group = (rows) => create("div", { class: "wa-where__group", role: "group" }, ...rows.map((row) => conditionRow(fields, words, row)), more(or, "data-or"));
  const box = create("div", { class: "wa-where" }, ...groups.filter((rows) => rows.length).map(group), more(and, "data-and"));
  const write = () => {
    const parts = all(".wa-where__group", box)
      .map((one) => all(".wa-where__row", one).filter((row) => row.children[1].value.trim()).map((row) => `${row.children[0].value}:${quoted(row.children[1].value.trim())}`))
      .filter((rows) => rows.length);
    const text = parts.map((rows) => (rows.length > 1 && parts.length > 1 ? `(${rows.join("|")})` : rows.join("|"))).join(";");
    if (text === area.value) return;
    area.value = text;
    area.dispatchEvent(new Event("change", { bubbles: true }));
  };
  box.addEventListener("change", (event) => { event.stopPropagation(); write(); });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); write(); } });
  box.addEventListener("click", ({ target }) => {
    const added = conditionRow(fields, words, [fields[0].name, ""]);
    if (target.matches("[data-or]")) target.before(added);
    else if (target.matches("[data-and]")) { const one = group([]); one.prepend(added); target.before(one); }
    else if (target.matches("[data-drop]")) {
      const row = target.parentElement;
      (row.parentElement.querySelectorAll(".wa-where__row").length > 1 ? row : row.parentElement).remove();
      return write();
    } else return;
    added.children[0].focus();
  });
  area.closest("label").hidden = true;
  area.closest("label").after(box);
  box.parentElement.querySelector(`#${CSS.escape(area.id)}-help`).hidden = true;
});
