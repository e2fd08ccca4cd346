"""The desk of an event: devices without network, who came, and what they sent later."""
