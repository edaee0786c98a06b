"""Who there is: people, organisations and their members, and the actor behind a request."""
