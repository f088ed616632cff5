"""Run a notebook in two processes: the answers in a jail, the tests outside of it."""
