"""The jail: where students' code runs, with what it may use, and how it is ended."""
