"""From rows of the record to what a template prints: plain values, nothing to look up."""
