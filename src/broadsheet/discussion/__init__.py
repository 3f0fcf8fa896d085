"""What readers write about documents: comments, their versions, and threads in reading order."""
