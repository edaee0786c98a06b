"""How long an organisation keeps recordings and what it knows of candidates."""
