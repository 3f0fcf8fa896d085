"""The readers’ pages, made from the record alone."""
