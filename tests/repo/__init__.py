"""What holds for the repository as a whole: layers, locks, links, packaging."""
