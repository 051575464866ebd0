"""The browser layer: the only package that knows browser-use and Chromium. `PodiumBrowser` is its way in."""

from podium.tools.browser.browser import PodiumBrowser
from podium.tools.browser.settings import BrowserSettings

__all__ = ["BrowserSettings", "PodiumBrowser"]
