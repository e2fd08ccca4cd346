"""What is signed in the hall of an event: papers in bulk, and what devices noted without network."""
