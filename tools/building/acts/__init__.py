"""How each kind of planned step is explored, executed and compiled."""
