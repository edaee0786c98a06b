"""Development only: the e-mails that went to nobody, kept in the data folder and shown on a page."""
