"""browser-use's own session of one browser context, for its agent. Importing this imports browser-use: seconds."""

# browser-use carries no types that hold under strict checking; what leaves this module is typed.
# pyright: reportUnknownMemberType=false, reportPrivateUsage=false

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import browser_use.browser.session as library
from browser_use.browser.profile import BrowserProfile
from browser_use.browser.watchdogs.default_action_watchdog import DefaultActionWatchdog
from browser_use.browser.watchdogs.dom_watchdog import DOMWatchdog
from browser_use.browser.watchdogs.screenshot_watchdog import ScreenshotWatchdog

from podium.state.document import JsonObject
from podium.tools.browser.client import ScopedClient


class ScopedSession(library.BrowserSession):
    """browser-use's session with the watchdogs its agent needs to see and act, and no others."""

    def _attach_ws_drop_callback(self) -> None:
        """Do not reconnect: the run is re-entered in a fresh context instead."""

    async def attach_all_watchdogs(self) -> None:
        """Attach them, once."""
        if self._watchdogs_attached:
            return
        for attribute, kind in (
            ("_default_action_watchdog", DefaultActionWatchdog),
            ("_screenshot_watchdog", ScreenshotWatchdog),
            ("_dom_watchdog", DOMWatchdog),
        ):
            kind.model_rebuild()
            watchdog = kind(event_bus=self.event_bus, browser_session=self)
            setattr(self, attribute, watchdog)
            watchdog.attach_to_session()
        self._watchdogs_attached = True


def scoped_session(address: str, context: str, profile: JsonObject) -> ScopedSession:
    """Return a session, not yet started, of that context."""
    session = ScopedSession(browser_profile=BrowserProfile.model_validate(profile))
    session.browser_profile.cdp_url = f"{address}#context={context}"
    session.browser_profile.is_local = False
    return session


def _tidy_import() -> None:
    """Remove the folders that importing the library leaves in the system's temporary folder."""
    default = library.DEFAULT_BROWSER_PROFILE
    for folder in (default.downloads_path, default.user_data_dir):
        path = Path(str(folder))
        if path.name.startswith("browser-use-") and path.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(path, ignore_errors=True)


_tidy_import()
# The library makes its client by this name; it has no setting for the class.
_CLIENT_NAME = "TimeoutWrappedCDPClient"
setattr(library, _CLIENT_NAME, ScopedClient)
