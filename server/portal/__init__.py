"""The practice portal: a realistic little supplier portal on loopback, with its truth beside it."""
