"""Taking data along: transactions as a file for people and programs, and everything there is about somebody."""
