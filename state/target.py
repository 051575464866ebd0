"""The durable description of an element: several independent descriptions, never one selector."""

from __future__ import annotations

from pydantic import Field

from podium.state.document import Document


class Target(Document):
    """What an element is called, where it stands and what it belongs to, as seen at build time.

    All texts are as on the page, trimmed; comparing folds case and white space. An empty text means
    "not known", never "must be empty".
    """

    phrase: str = ""
    """The plan's words for it, such as `Sign in button`."""
    role: str = ""
    """ARIA role, computed or implied: `button`, `link`, `textbox`, `combobox`, `row` ..."""
    name: str = ""
    """Accessible name."""
    aliases: tuple[str, ...] = ()
    """Names under which a kept heal found it later."""
    tag: str = ""
    """Element name: `a`, `button`, `input` ..."""
    input_type: str = ""
    """`type` of an input, such as `password`; a hard condition for password and file."""
    label: str = ""
    """Visible label of a control."""
    placeholder: str = ""
    """Hint text inside an empty control."""
    text: str = ""
    """Own visible text."""
    attributes: dict[str, str] = Field(default_factory=dict)
    """Stable attributes: `id`, `name`, `data-testid`, `aria-label`, `title`, `autocomplete`, `href`."""
    heading: str = ""
    """Nearest heading above it."""
    region: str = ""
    """Landmark it stands in: `navigation`, `main`, `form`, `dialog`, `table`, `header`, `footer`."""
    form: str = ""
    """Signature of its form: method, action path template and the labels of its fields."""
    row_key: str = ""
    """Template of the key of its row, such as `{item.number}`; a hard condition."""
    column: str = ""
    """Header of its table column."""
    anchors: tuple[str, ...] = ()
    """Texts of its neighbours."""
    frame: tuple[str, ...] = ()
    """Names or URL paths of the frames around it, outermost first."""
    shadow: tuple[str, ...] = ()
    """Tags of the shadow hosts around it, outermost first."""
    position: tuple[float, float] = (0.0, 0.0)
    """Centre in parts of the page's width and height (0 to 1)."""
    ordinal: int = 0
    """Which of the equal ones it is (0 = first); the weakest of all descriptions."""
    page: str = ""
    """Title of its page."""
    language: str = ""
    """What its page spoke, such as `en`: in another language other words are no other meaning."""
    settings: dict[str, str] | None = None
    """Of what sends a form: what its other choices stood at, and whose account was open; null: not known."""
    earlier: tuple[Target, ...] = ()
    """How it was described before kept heals, newest first: pages go back, or show two layouts in turn."""
