"""The statement of account."""
