"""One flow (sign in, list, download, sign out) as several drivers do it, on the bundled practice portal."""
