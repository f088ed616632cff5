"""The line between the process that runs the tests and the one that runs a student's code."""
