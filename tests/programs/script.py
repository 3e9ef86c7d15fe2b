"""Says where the name of a variable is: while this runs as the main script, the interpreter keeps its syntax
tree, which has the name without counting that.

    script.py ORACLE
"""
import os
import sys

import parked


def function():
    a_variable_of_the_script = parked
    return a_variable_of_the_script


parked.write_json(sys.argv[1], {"pid": os.getpid(), "recorder": 0, "address": id(function.__code__.co_varnames[0])})
os.write(1, b"ready\n")
function().serve()
