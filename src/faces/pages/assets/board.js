// Brings the board up to date every two seconds. Everything is set as text, never as markup.
"use strict";
const id = (name) => document.getElementById(name);
const words = (word) => String(word).replaceAll("_", " ");
const clock = (at) => at.slice(11, 16) + " UTC";

function cell(text, name) {
  const td = document.createElement("td");
  td.textContent = text;
  if (name) td.className = name;
  return td;
}

function who(event) {
  const td = cell(event.kind);
  if (event.actor) {
    const by = document.createElement("span");
    by.className = "by";
    by.textContent = " by " + event.actor;
    td.append(by);
  }
  return td;
}

function rows(body, list, make, columns, empty) {
  const all = list.map((item) => {
    const tr = document.createElement("tr");
    tr.append(...make(item));
    return tr;
  });
  if (!all.length) {
    const tr = document.createElement("tr"), td = cell(empty, "empty");
    td.colSpan = columns;
    tr.append(td);
    all.push(tr);
  }
  body.replaceChildren(...all);
}

function tile(stage) {
  const li = document.createElement("li"), a = document.createElement("a");
  a.className = stage.orders ? "tile busy" : "tile";
  a.href = stage.href;
  if (stage.is_chosen) a.setAttribute("aria-current", "true");
  li.append(a);
  for (const [name, text] of [["stage", words(stage.stage)], ["orders", stage.orders], ["units", stage.units_words]]) {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    a.append(span);
  }
  return li;
}

function show(board) {
  id("orders").textContent = board.orders_words;
  id("units").textContent = board.units_words;
  id("skipped").hidden = !board.skipped;
  id("at").textContent = clock(board.at);
  const held = [...id("stages").children].findIndex((li) => li.contains(document.activeElement));
  id("stages").replaceChildren(...board.stages.map(tile));
  if (held >= 0) id("stages").children[held].firstChild.focus();
  id("list-title").textContent = board.list_title;
  rows(id("newest"), board.newest, (o) => {
    const stage = cell(words(o.stage));
    if (o.holds) {
      const tag = document.createElement("span");
      tag.className = "tag warn";
      tag.textContent = "on hold";
      stage.append(" ", tag);
    }
    return [cell(o.number), stage, cell(o.units, "number"), cell(o.total ?? "", "number"), cell(o.came, "number later")];
  }, 5, board.list_empty);
  rows(id("waits"), board.waits, (w) => [cell(w.reason), cell(w.orders, "number")], 2, "No order is on hold or short of stock.");
  rows(id("events"), board.events, (e) => [cell(e.when, "when"), who(e), cell(e.number ?? "", "number")], 3, "Nothing has happened yet.");
}

async function poll() {
  try {
    if (!document.hidden) {
      const answer = await fetch("/board.json" + location.search, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
      id("dot").className = "dot on";
    }
  } catch {
    id("dot").className = "dot";
  }
  setTimeout(poll, 2000);
}
poll();
