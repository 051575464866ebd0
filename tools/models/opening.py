"""Putting planner and chooser together, from what the settings say. Nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass

from podium.state.errors import SetupError
from podium.tools.chooser import Chooser
from podium.tools.models.chooser import ModelChooser
from podium.tools.models.meter import Meter, PriceList
from podium.tools.models.planner import ModelPlanner
from podium.tools.models.reading import MASK
from podium.tools.models.structured import Patience, StructuredModel
from podium.tools.models.text import Redactor
from podium.tools.models.wire import checked_base_url, open_chat
from podium.tools.planner import Planner

OFFLINE = "offline"
_PROVIDER = "openai:"
_SHORTEST_KEY = 8
_MAX_OUTPUT_TOKENS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What a configured model adds: both ports, one client, one meter."""

    name: str
    planner: Planner
    chooser: Chooser
    meter: Meter


def open_model(
    name: str,
    *,
    base_url: str,
    api_key: str,
    meter: Meter,
    redact: Redactor | None = None,
    patience: Patience | None = None,
    rules: tuple[Planner, Chooser] | None = None,
) -> Model:
    """Return planner and chooser on the model `openai:NAME` at the address; nothing is contacted yet.

    `redact` masks secrets in everything that is sent; by default what looks like one. `rules` answer first; by default the
    offline pair.

    Raises:
        SetupError: If the name is of another kind, the address is none, or OpenAI's own server is to be used without a key.
    """
    asked = _asked(
        name, base_url=base_url, api_key=api_key, meter=meter, redact=redact, patience=patience
    )
    planner, chooser = rules or _offline()
    return Model(
        name=asked.name,
        planner=ModelPlanner(planner, asked),
        chooser=ModelChooser(chooser, asked),
        meter=meter,
    )


def open_planner(name: str, *, base_url: str, api_key: str, meter: Meter) -> Planner:
    """Return the planner that the setting names: the offline one, or one that asks the model.

    Raises:
        SetupError: If the model is not set up right.
    """
    if name == OFFLINE:
        return _offline()[0]
    return open_model(name, base_url=base_url, api_key=api_key, meter=meter).planner


def open_chooser(name: str, *, base_url: str, api_key: str, meter: Meter) -> Chooser:
    """Return the chooser that the setting names: the offline one, or one that asks the model.

    Raises:
        SetupError: If the model is not set up right.
    """
    if name == OFFLINE:
        return _offline()[1]
    return open_model(name, base_url=base_url, api_key=api_key, meter=meter).chooser


def _asked(
    name: str,
    *,
    base_url: str,
    api_key: str,
    meter: Meter,
    redact: Redactor | None,
    patience: Patience | None,
) -> StructuredModel:
    model = name.removeprefix(_PROVIDER)
    if not name.startswith(_PROVIDER) or not model:
        raise SetupError(
            f"{name!r} is not a model",
            hint="PODIUM_MODEL is `offline`, or `openai:NAME` for any OpenAI-compatible server.",
        )
    if not base_url and not api_key:
        raise SetupError(
            f"The model {model!r} needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own",
            hint="PODIUM_MODEL=offline needs neither.",
        )
    checked_base_url(base_url)
    meter.price_by(PriceList(base_url=base_url))
    patience = patience or Patience()
    return StructuredModel(
        name=model,
        open_chat=lambda: open_chat(
            model,
            base_url=base_url,
            api_key=api_key,
            timeout_s=patience.timeout_s,
            max_output_tokens=_MAX_OUTPUT_TOKENS,
        ),
        meter=meter,
        redact=_masking(redact or _mask_pasted, api_key),
        patience=patience,
        max_output_tokens=_MAX_OUTPUT_TOKENS,
    )


def _masking(redact: Redactor, api_key: str) -> Redactor:
    """Return the redactor that knows our own key too."""

    def masked(text: str) -> str:
        # A placeholder such as `none` is no secret, and part of other words.
        return redact(text.replace(api_key, MASK) if len(api_key) >= _SHORTEST_KEY else text)

    return masked


def _mask_pasted(text: str) -> str:
    from podium.tools.offline import find_secrets

    return find_secrets(text)[0]


def _offline() -> tuple[Planner, Chooser]:
    from podium.tools.offline import OfflineChooser, OfflinePlanner

    return OfflinePlanner(), OfflineChooser()
