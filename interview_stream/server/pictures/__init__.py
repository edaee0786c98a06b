"""Pictures of people and logos of organisations: made anew from what was sent, small, and square."""
