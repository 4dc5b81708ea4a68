"""What is written about checked claims for readers away from a terminal: one page, a table for a paper, a graph."""
