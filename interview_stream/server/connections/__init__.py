"""How everybody's connection was in a call, told by the media engine and kept with the interview."""
