"""Old depot: framesets, tables for layout, no labels, image buttons, JavaScript addresses."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

PARTS = [
    ("K-110", "Hinge, brass", "14", "3.20"),
    ("K-114", "Bolt M8", "260", "0.35"),
    ("K-121", "Door closer", "3", "41.00"),
    ("K-127", "Lock case", "9", "18.75"),
    ("K-133", "Window stay", "22", "6.10"),
]
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


class Depot(BundledSite):
    """Parts in one frame, a menu in another."""

    name = "depot"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["requests.html"] | ["parts.html"]:
                work = "request" if request.path.startswith("/requests") else "parts"
                return (
                    "<html><head><title>Depot</title></head><frameset cols='160,*'>"
                    f"<frame name=menu src=/menu><frame name=work src=/{work}></frameset></html>"
                )
            case ["menu"]:
                return (
                    "<html><body bgcolor=#ddddcc><font size=2><a href=/parts target=work>Parts</a><br>"
                    "<a href=/request target=work>Request</a></font></body></html>"
                )
            case ["parts"]:
                return self._parts(request)
            case ["request"]:
                return self._request(request)
            case ["send"] if request.method == "POST":
                self.wrote("request", "", **_plain(body_of(request)))
                return _see_other("/request?ok=1")
            case ["part", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/parts?ok={number}")
            case ["b.png"]:
                return Reply(body=_PIXEL, type="image/png")
            case [kind] if request.method == "POST":
                self.wrote(kind, "", **_plain(body_of(request)))
                return _see_other("/parts")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _parts(self, request: Request) -> str:
        look = self.look
        verb, action = look.knob("verb", "order"), look.knob("action", "Order")
        heads = look.knobs.get("heads")
        titles = (
            [str(one) for one in heads]
            if isinstance(heads, list)
            else ["Part", "Name", "In stock", "Price", "&nbsp;"]
        )
        head = "".join(f"<td bgcolor=#999999><b>{title}</b></td>" for title in titles)
        rows = "".join(
            f"<tr><td>{number}</td><td>{name}</td><td>{stock}</td><td>{price}</td>"
            f"<td><a href=\"javascript:document.forms['f{number}'].submit()\">{action}</a>"
            f"<form name='f{number}' method=post action=/part/{number}/{verb}></form></td></tr>"
            for number, name, stock, price in PARTS
        )
        said = (
            f"<p><font color=green>{request.query['ok']} is {verb}ed</font></p>"
            if "ok" in request.query
            else ""
        )
        return (
            f"<html><head><title>Parts</title></head><body><p><font size=4><b>{look.knob('heading', 'Parts')}</b></font></p>"
            f"{said}<table border=1 cellpadding=3><tr>{head}</tr>{rows}</table></body></html>"
        )

    def _request(self, request: Request) -> str:
        look = self.look
        names = {"part": "Part", "amount": "Quantity", "who": "Your name"}
        changed = look.knobs.get("fields")
        names |= {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        said = "<p><font color=green>Request received</font></p>" if "ok" in request.query else ""
        lines = "".join(
            f"<tr><td align=right>{names[key]}</td><td><input name={field} size=20></td></tr>"
            for key, field in (("part", "t1"), ("amount", "t2"), ("who", "t3"))
        )
        return (
            f"<html><head><title>Request</title></head><body><p><font size=4><b>{look.knob('form_heading', 'Request parts')}</b></font></p>{said}"
            f"<form method=post action={look.knob('form_action', '/send')}><table>{lines}"
            f'<tr><td></td><td><input type=image src=/b.png width=60 height=20 alt="{look.knob("save", "Send request")}"> '
            f'<input type=reset value="{look.knob("cancel", "Clear")}"></td></tr></table></form></body></html>'
        )


def _plain(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in {"x", "y", "extra"}}


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})
