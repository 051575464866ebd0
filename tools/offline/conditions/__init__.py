"""Conditions on records, one module for each kind: amounts, periods, states, values, names."""
