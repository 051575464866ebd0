"""Finding what a target, a phrase or a list means on the present page. Pure functions over snapshots."""
