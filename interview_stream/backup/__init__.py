"""Backups: one archive of database and files, made while the product runs, and put back by `restore`."""
