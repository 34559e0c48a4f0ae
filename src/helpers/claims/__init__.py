"""Published claims: their files, how each is judged on every release, and the ledger."""
