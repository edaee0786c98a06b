"""Pure parts that know no app, one subject a file."""
