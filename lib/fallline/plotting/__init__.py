"""The house figures: one palette, one style, and one function for each picture of the book.

A figure function draws one picture, on the `ax` it is given or on fresh axes, and returns it.
Colours are never alone: line styles and markers tell the same things apart.
Each chapter's figures are in the module that bears its name, and all of them are found here.
"""

from fallline.plotting.adam import *
from fallline.plotting.adaptive import *
from fallline.plotting.backprop import *
from fallline.plotting.capstone import *
from fallline.plotting.checking import *
from fallline.plotting.curvature import *
from fallline.plotting.depth import *
from fallline.plotting.derivative import *
from fallline.plotting.descent import *
from fallline.plotting.differences import *
from fallline.plotting.gradient import *
from fallline.plotting.house import PALETTE, new_axes
from fallline.plotting.losses import *
from fallline.plotting.momentum import *
from fallline.plotting.search import *
from fallline.plotting.stochastic import *
