"""Files that people send: resumable uploads, what may be sent, where it is kept, and who may fetch it."""
