"""Files that belong to something: the scan of a paper, the evidence of a certificate."""
