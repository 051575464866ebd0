"""Finding, starting and burying the one Chromium of a process."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from podium.state.errors import SetupError
from podium.tools.browser.settings import BrowserSettings

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
_PLAYWRIGHT_BINARIES = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
_PREFIX = "podium-chromium-"
_START_TIMEOUT_S = 30.0

# The shell outlives us by a moment: when the pipe on its stdin closes, however this process ended, it kills Chromium and
# removes the profile. A controller that dies while a request is paused would otherwise let the request go. The same when
# Chromium dies first. Its renderers outlive it by a moment and still write: removing is tried until nothing comes back.
_KEEPER = """
trap '' INT TERM HUP
profile=$1; shift
"$@" </dev/null >"$profile/output" 2>&1 &
child=$!
echo "$child" >"$profile/chromium.pid"
exec 3<&0
cat <&3 >/dev/null &
reader=$!
( while kill -0 "$child" 2>/dev/null; do sleep 1; done; kill -9 "$reader" ) 2>/dev/null </dev/null 3<&- &
watcher=$!
wait "$reader" 2>/dev/null
kill -9 "$watcher" "$child" 2>/dev/null
wait "$child" 2>/dev/null
socket=$(readlink "$profile/SingletonSocket")
if [ -n "$socket" ]; then # Chromium's own folder for it, which only an orderly end removes
  rm -f "$socket" "${socket%/*}/SingletonCookie"
  rmdir "${socket%/*}"
fi 2>/dev/null
tries=0
while [ $tries -lt 100 ]; do
  rm -rf "$profile" 2>/dev/null
  sleep 0.1
  [ -e "$profile" ] || exit 0
  tries=$((tries + 1))
done
"""


def find_chromium(settings: BrowserSettings) -> Path:
    """Return the Chromium (or Chrome) to use.

    Raises:
        SetupError: If there is none; the hint says what to install.
    """
    if settings.chromium is not None:
        if settings.chromium.is_file() and os.access(settings.chromium, os.X_OK):
            return settings.chromium
        raise SetupError(
            f"There is no executable at {str(settings.chromium)!r}",
            hint="Set PODIUM_CHROMIUM to the path of a Chromium or Chrome executable, or unset it.",
        )
    for candidate in _candidates():
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    raise SetupError("No Chromium was found on this machine", hint=_install_hint())


def _candidates() -> Iterator[Path]:
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)
    yield from map(Path, _MAC_APPS)
    roots = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *_PLAYWRIGHT_FOLDERS]
    for root in filter(None, roots):
        for pattern in _PLAYWRIGHT_BINARIES:
            yield from sorted(Path(root).expanduser().glob(pattern), reverse=True)


def _install_hint() -> str:
    if sys.platform == "darwin":
        return "Install it with `brew install --cask chromium`, or set PODIUM_CHROMIUM to its path."
    return "Install it with `apt-get install chromium` (Debian, Ubuntu), or set PODIUM_CHROMIUM to its path."


def chromium_flags(settings: BrowserSettings, profile: Path) -> list[str]:
    """Return the command line options Chromium is started with."""
    width, height = settings.viewport
    flags = [
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        # Whatever is not given a proxy of its own (a run's context always is) reaches nothing.
        "--proxy-server=http://127.0.0.1:9",
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-quic",
        "--no-first-run",
        "--no-default-browser-check",
        "--no-pings",
        "--no-service-autorun",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-component-extensions-with-background-pages",
        "--disable-client-side-phishing-detection",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-breakpad",
        "--disable-sync",
        "--disable-extensions",
        "--disable-save-password-bubble",
        "--disable-search-engine-choice-screen",
        "--disable-dev-shm-usage",
        "--disable-backgrounding-occluded-windows",
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-hang-monitor",
        "--disable-prompt-on-repost",
        "--disable-popup-blocking",
        "--metrics-recording-only",
        "--password-store=basic",
        "--use-mock-keychain",
        "--hide-scrollbars",
        "--mute-audio",
        "--lang=en-US",
        f"--window-size={width},{height}",
        "--disable-features=AutofillServerCommunication,PasswordManagerOnboarding,PasswordLeakDetection,Translate,"
        "MediaRouter,OptimizationHints,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,"
        "DialMediaRouteProvider,NetworkPrediction,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks,"
        "AutoDeElevate,GlobalMediaControls,PrivacySandboxSettings4,DownloadBubble,DownloadBubbleV2",
    ]
    if not settings.headful:
        flags += ["--headless=new", "--disable-gpu"]
    if settings.no_sandbox:
        flags += ["--no-sandbox", "--disable-setuid-sandbox"]
    return [*flags, "about:blank"]


@dataclass(frozen=True, slots=True)
class Chromium:
    """A running Chromium and the pipe whose end is its life."""

    keeper: asyncio.subprocess.Process
    profile: Path
    address: str
    """WebSocket address of its DevTools endpoint, on loopback."""
    pid: int

    @property
    def alive(self) -> bool:
        """Whether its process is still there."""
        return self.keeper.returncode is None and _lives(self.pid)

    async def measured_mb(self) -> float:
        """Return `memory_mb`, counted aside: reading the maps of every process takes its time, and the loop serves people.

        In a thread of its own, since the loop's may be gone already when the last session is closed.
        """
        loop = asyncio.get_running_loop()
        held: asyncio.Future[float] = loop.create_future()

        def tell(count: float) -> None:
            if not held.done():
                held.set_result(count)

        def measure() -> None:
            count = self.memory_mb()
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(tell, count)

        threading.Thread(target=measure, name="podium-memory", daemon=True).start()
        return await held

    def memory_mb(self) -> float:
        """Return what its processes hold for themselves: what ending them would give back; 0 when that cannot be told."""
        import psutil

        held = 0
        try:
            own = psutil.Process(self.pid)
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.Error):  # renderers come and go
                    held += process.memory_full_info().uss
        except (psutil.Error, OSError):
            return 0.0
        return held / 1_000_000

    def kill(self) -> None:
        """End it at once; the keeper clears up."""
        if self.keeper.returncode is not None:
            return  # it has ended, and its number may be another process's by now
        _kill(self.pid)
        if self.keeper.stdin is not None:
            self.keeper.stdin.close()

    async def stop(self) -> None:
        """End it and remove its profile."""
        stdin = self.keeper.stdin
        if stdin is not None:
            stdin.close()
        try:
            await asyncio.wait_for(self.keeper.wait(), timeout=15)
        except TimeoutError:
            _kill(self.pid)
            with suppress(ProcessLookupError):
                self.keeper.kill()
            await self.keeper.wait()
        _remove(self.profile)


async def launch(settings: BrowserSettings) -> Chromium:
    """Start Chromium on an empty page with a throw-away profile, bound to the life of this process.

    Raises:
        SetupError: If there is none, it must not start as root, or it does not come up.
    """
    executable = find_chromium(settings)
    if os.geteuid() == 0 and not settings.no_sandbox:
        raise SetupError(
            "Chromium's sandbox does not work as root",
            hint="Run as another user, or set PODIUM_CHROMIUM_NO_SANDBOX=1 if this machine is itself a sandbox.",
        )
    settings.folder.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(bury_leftovers, settings.folder)
    try:
        return await _start(settings, executable)
    except SetupError:
        # One that is killed while it starts, or meets a machine at its limit, says nothing about the machine.
        return await _start(settings, executable)


async def _start(settings: BrowserSettings, executable: Path) -> Chromium:
    profile = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=settings.folder))
    _write_preferences(profile)
    (profile / "owner.pid").write_text(str(os.getpid()), encoding="ascii")
    keeper = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        _KEEPER,
        "podium-keeper",
        str(profile),
        str(executable),
        *chromium_flags(settings, profile),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is for us, not for Chromium
    )
    try:
        address, pid = await _wait_until_up(keeper, profile)
    except BaseException:
        if keeper.stdin is not None:
            keeper.stdin.close()
        await keeper.wait()
        _remove(profile)
        raise
    return Chromium(keeper, profile, address, pid)


def _write_preferences(profile: Path) -> None:
    # A PDF is a file to a run, not a page; nothing is remembered or filled in by the browser.
    preferences = {
        "plugins": {"always_open_pdf_externally": True},
        "download": {"prompt_for_download": False},
        "credentials_enable_service": False,
        "profile": {"password_manager_enabled": False, "default_content_setting_values": {"notifications": 2, "geolocation": 2}},
        "autofill": {"profile_enabled": False, "credit_card_enabled": False},
        "safebrowsing": {"enabled": False},
    }  # fmt: skip
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")


async def _wait_until_up(keeper: asyncio.subprocess.Process, profile: Path) -> tuple[str, int]:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        port = _words(profile / "DevToolsActivePort")
        pid = _words(profile / "chromium.pid")
        if len(port) == 2 and pid:
            return f"ws://127.0.0.1:{port[0]}{port[1]}", int(pid[0])
        if keeper.returncode is not None or (pid and not _lives(int(pid[0]))):
            break
        await asyncio.sleep(0.01)
    output = " ".join(_words(profile / "output"))[-400:]
    raise SetupError(
        f"Chromium did not start: {output or 'no output'}",
        hint="Start it by hand with the same user to see why, or set PODIUM_CHROMIUM to another one.",
    )


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return []


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def bury_leftovers(folder: Path) -> int:
    """End what dead processes left behind under that folder; return how many profiles were removed."""
    buried = 0
    for profile in folder.glob(f"{_PREFIX}*"):
        owner = _words(profile / "owner.pid")
        if not owner or not owner[0].isdigit() or _lives(int(owner[0])):
            continue
        pid = _words(profile / "chromium.pid")
        if pid and pid[0].isdigit() and _is_ours(int(pid[0]), profile):
            _kill(int(pid[0]))
        _remove(profile)
        buried += 1
    return buried


def _remove(profile: Path) -> None:
    """Remove a profile and the folder of its socket, which a Chromium that was killed leaves in the temporary folder."""
    with suppress(OSError):
        socket = (profile / "SingletonSocket").readlink()
        for name in (socket.name, "SingletonCookie"):
            (socket.parent / name).unlink(missing_ok=True)
        socket.parent.rmdir()  # refuses as soon as anything else lies there
    shutil.rmtree(profile, ignore_errors=True)


def _is_ours(pid: int, profile: Path) -> bool:
    """Process numbers are reused: only a process started with that profile is killed."""
    try:
        return str(profile).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
