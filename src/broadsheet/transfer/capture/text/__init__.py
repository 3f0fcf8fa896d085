"""Read the plain text of a saved page: a story, and a thread shown by bullets and indents."""
