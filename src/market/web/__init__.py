"""Pages for people: where the market begins, where links in mails lead, what errors mean, and the guide."""
