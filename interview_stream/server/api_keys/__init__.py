"""Keys by which programs use the API: making, showing and revoking them, and whom a key that comes along speaks for."""
