"""The public history: documents, their editions and the journal of all that happened to them."""
