"""Processes: settings, app, run engine, scheduler, command line, graph factories."""
