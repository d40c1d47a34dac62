"""Mathematics that two or more sections share, one method a file."""
