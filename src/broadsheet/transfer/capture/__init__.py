"""Read a saved story page (HTML, or its plain text) into a story and its thread."""
