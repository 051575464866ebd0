"""Show me once: what a person does in the browser becomes the steps of a program."""

from podium.tools.recording.actions import Action, ActionKind
from podium.tools.recording.compiling import Recorded, compile_actions

__all__ = ["Action", "ActionKind", "Recorded", "compile_actions"]
