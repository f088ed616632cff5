"""How an answer is compared with the reference: ``check`` says what is wrong, and why."""

from fallline.marking.check import check
from fallline.marking.report import WrongAnswer

__all__ = ["WrongAnswer", "check"]
