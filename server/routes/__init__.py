"""The HTTP routes: each translates to and from the service and decides nothing."""
