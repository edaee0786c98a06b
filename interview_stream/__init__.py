"""Interview Stream: remote technical interviews on your own machine."""
