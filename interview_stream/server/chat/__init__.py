"""What people write to each other in a call."""
