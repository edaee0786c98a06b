"""The operators' pages: Django's admin, for accounts that the command line made operators (accounts/operating.py)."""
