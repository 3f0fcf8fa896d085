"""A self-hosted news publication: story, discussion and corrections as one public history."""
