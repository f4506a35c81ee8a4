"""The books: funds, budget lines, the journal and its laws."""
