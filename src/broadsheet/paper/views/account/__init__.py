"""Pages of one reader: signing in, the account, and what is done with it. All private, none pressed."""
