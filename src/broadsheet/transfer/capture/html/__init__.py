"""Read a saved HTML page, whatever marked it up."""
