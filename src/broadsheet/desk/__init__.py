"""The editors’ side: Wagtail's admin, mounted at /desk/."""
