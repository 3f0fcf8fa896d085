"""A small publication to look at on the first start; all of it is fiction."""
