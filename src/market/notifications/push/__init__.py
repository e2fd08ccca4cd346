"""News that ring: pushed to browsers (Web Push), or to a phone number by a gateway of the installation."""
