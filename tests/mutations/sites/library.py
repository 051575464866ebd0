"""A library's loans as web components with slots and utility classes: cards drawn by script, requests as JSON."""

from __future__ import annotations

import json

from pydantic import JsonValue

from tests.mutations.sites.base import BundledSite, as_json, body_of
from tests.sites import Reply, Request

LOANS = [
    ("LN-41", "The Long Tide", "Ada Brook", "2026-09-01", "1", "0.40"),
    ("LN-42", "Salt Roads", "Ben Ochoa", "2026-09-01", "0", "0.00"),
    ("LN-43", "A Field Guide to Moss", "Cleo Marsh", "2026-09-03", "2", "1.20"),
    ("LN-44", "Winter Bees", "Dev Anand", "2026-09-08", "0", "0.00"),
    ("LN-45", "Ten Bridges", "Ada Brook", "2026-09-12", "1", "0.80"),
    ("LN-46", "Glass and Sand", "Eli Ferro", "2026-09-15", "3", "2.60"),
]
WORDS = {
    "id": "Loan",
    "title": "Title",
    "who": "Borrower",
    "due": "Due",
    "renewals": "Renewals",
    "fine": "Fine",
}
FIELDS = {"title": "Title", "author": "Author", "reason": "Reason", "pickup": "Pick up at"}
BRANCHES = ("Main library", "Harbour branch", "All branches")
_APP = """
const K = window.APP, tpl = (html) => { const t = document.createElement('template'); t.innerHTML = html; return t.content; };
customElements.define('loan-card', class extends HTMLElement { connectedCallback() { if (this.shadowRoot) return; const s = this.attachShadow({mode: 'open'}); s.append(tpl('<article part=card style="border:1px solid #ccc;border-radius:8px;padding:10px;margin:6px"><header><slot name=head></slot></header><div><slot></slot></div><footer><slot name=acts></slot></footer></article>')); } });
customElements.define('text-field', class extends HTMLElement { connectedCallback() { if (this.shadowRoot) return; const s = this.attachShadow({mode: 'open'}), id = 'i' + Math.random().toString(36).slice(2); s.append(tpl('<label for=' + id + '>' + this.getAttribute('label') + '</label><input id=' + id + ' name=' + this.getAttribute('name') + '>')); } get value() { return this.shadowRoot.querySelector('input').value; } });
const say = (text) => { const p = document.querySelector('[role=status]'); p.textContent = text; };
async function act(id, verb, e) { if (K.sure) { const d = document.createElement('dialog'); d.append(tpl('<h2>' + K.sure + '</h2><p>' + id + '</p><button class=no>Not now</button> <button class=yes>' + K.yes + '</button>')); document.body.append(d); d.querySelector('.no').onclick = () => d.remove(); d.querySelector('.yes').onclick = () => { d.remove(); go(id, verb); }; d.showModal(); return; } go(id, verb); }
async function go(id, verb) { await fetch('/api/loans/' + id + '/' + verb, {method: 'POST', headers: {'content-type': 'application/json'}, body: '{}'}); say(id + ' has been renewed'); }
function buttons(id) { const box = document.createElement('span'); for (const [verb, text] of K.acts) { const b = document.createElement('button'); b.type = 'button'; b.className = 'rounded-md bg-sky-600 px-2 act'; if (K.icon) { b.innerHTML = '<svg width=14 height=14 aria-hidden=true><path d="M1 1h9v9"/></svg>'; b.title = text; } else b.textContent = text; b.onclick = (e) => act(id, verb, e); box.append(b, ' '); } if (!K.folded) return box; const d = document.createElement('details'); d.append(tpl('<summary>Options</summary>'), box); return d; }
function card(row) { const c = document.createElement(K.plain ? 'section' : 'loan-card'); c.className = 'card'; const h = document.createElement('h3'); h.slot = 'head'; h.textContent = row.title; c.append(h);
  for (const k of K.order) { if (k === 'title' && !K.alltext) continue; const d = document.createElement('div'); d.className = 'flex gap-2 text-sm'; d.append(tpl('<span class="text-gray-500">' + K.words[k] + '</span> <span class="font-medium">' + row[k] + '</span>')); c.append(d); }
  const a = document.createElement('div'); a.slot = 'acts'; a.append(buttons(row.id)); c.append(a); return c; }
function table(rows) { const t = document.createElement('table'); t.append(tpl('<thead><tr>' + K.order.map((k) => '<th>' + K.words[k] + '</th>').join('') + '<th></th></tr></thead>')); const b = document.createElement('tbody'); for (const r of rows) { const tr = document.createElement('tr'); for (const k of K.order) { const td = document.createElement('td'); td.textContent = r[k]; tr.append(td); } const td = document.createElement('td'); td.append(buttons(r.id)); tr.append(td); b.append(tr); } t.append(b); return t; }
async function loans(box) { const rows = await (await fetch('/api/loans')).json(); const put = (list) => { if (K.layout === 'table') box.append(table(list)); else { const g = box.querySelector('.grid') || box.appendChild(Object.assign(document.createElement('div'), {className: 'grid gap-4'})); for (const r of list) g.append(card(r)); } };
  if (K.more) { put(rows.slice(0, 2)); let at = 2; const m = document.createElement('button'); m.type = 'button'; m.textContent = 'Show more'; m.onclick = () => { put(rows.slice(at, at += 2)); if (at >= rows.length) m.remove(); }; box.append(m); } else put(rows); }
function suggest(box) { const f = document.createElement('form'); const field = (k) => K.nolit ? '<p><label>' + K.fields[k] + ' <input name=' + k + '></label></p>' : '<text-field label="' + K.fields[k] + '" name=' + k + '></text-field>'; const send = '<button class="rounded bg-sky-600">' + K.send + '</button>'; const draft = K.draft ? ' <button type=button class=draft>' + K.draft + '</button>' : '';
  f.append(tpl('<div class=one>' + field('title') + field('author') + '</div><div class=two>' + field('reason') + '<p><label for=pk>' + K.fields.pickup + '</label> <select id=pk name=pickup>' + K.branches.map((b) => '<option>' + b + '</option>').join('') + '</select></p>' + (K.extra || '') + '<p class=foot>' + send + draft + '</p></div>'));
  const read = () => { const v = {}; for (const e of f.querySelectorAll('text-field, input, select')) v[e.getAttribute('name')] = e.type === 'checkbox' ? String(e.checked) : e.value; return v; };
  const post = async (where) => { await fetch(where, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(read())}); say(K.thanks); f.reset(); };
  f.onsubmit = (e) => { e.preventDefault(); post(K.where); }; const d = f.querySelector('.draft'); if (d) d.onclick = () => post('/api/drafts');
  if (K.wizard) { const two = f.querySelector('.two'); two.hidden = true; const n = tpl('<button type=button>Continue</button>').firstChild; n.onclick = () => { two.hidden = false; f.querySelector('.one').hidden = true; n.remove(); }; f.append(n); }
  if (K.modal) { const dlg = document.createElement('dialog'); dlg.append(f); const o = tpl('<button type=button>' + K.modal + '</button>').firstChild; o.onclick = () => dlg.showModal(); box.append(o, dlg); } else box.append(f); }
const box = document.querySelector('#view'); if (location.pathname === '/suggest') suggest(box); else loans(box);
"""


class Library(BundledSite):
    """Loans to renew, books to suggest."""

    name = "library"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["loans"]:
                return self._page(self.look.knob("heading", "Loans"))
            case ["suggest"] if request.method == "GET":
                return self._page(self.look.knob("form_heading", "Suggest a book"))
            case ["api", "loans"]:
                return as_json(self._rows())
            case ["api", "loans", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({"ok": True})
            case [*path] if request.method == "POST":
                self.wrote("/".join(path), "", **body_of(request))
                return as_json({"ok": True})
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _rows(self) -> list[JsonValue]:
        look = self.look
        kept = [dict(zip(WORDS, one, strict=True)) for one in LOANS]
        if look.knobs.get("reverse"):
            kept.reverse()
        if look.knobs.get("overdue"):
            kept = kept[:3]
        for row in kept:
            year, _, day = row["due"].split("-")
            if look.knob("dates", "") == "words":
                row["due"] = f"{int(day)} September {year}"
            row["fine"] = look.knob("money", "£") + row["fine"]
        return [{**row} for row in kept]

    def _page(self, heading: str) -> str:
        look = self.look
        named = {
            "words": WORDS | _texts(look.knobs.get("words")),
            "fields": FIELDS | _texts(look.knobs.get("fields")),
        }
        app = {
            "acts": [["renew", "Renew"]],
            "order": [*WORDS],
            "branches": [*BRANCHES],
            "send": "Send suggestion",
            "thanks": "Thank you for your suggestion",
            "where": "/api/suggestions",
            **look.knobs,
            **named,
        }
        branch, banner, chips = (look.knob(k, d) for k, d in (("branch", "Old Town"), ("banner", ""), ("chips", "")))  # fmt: skip
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{heading} - Shelf</title></head><body class='bg-gray-50 text-gray-900'>{banner}"
            f"<header class='flex justify-between'><b>Shelf</b> <span class=text-sm>Library: {branch}</span> <nav><a href=/loans>Loans</a> <a href=/suggest>Suggest a book</a></nav></header>"
            f"<main class='max-w-3xl mx-auto'><h1 class='text-2xl font-bold'>{heading}</h1><p role=status></p>{chips}<div id=view></div></main>"
            f"<script>window.APP = {json.dumps(app)};{_APP}</script></body></html>"
        )


def _texts(value: JsonValue) -> dict[str, str]:
    return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else {}
