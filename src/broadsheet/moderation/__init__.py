"""What is published, what waits, what is refused, and who answers for it."""
