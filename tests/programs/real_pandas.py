"""A script of pandas and numpy that holds frames and arrays, and counts its own heap.

    real_pandas.py ORACLE

ORACLE.arrays: of each array that counting reached three 64-bit numbers: address, bytes of the data if it owns them,
dimensions.
"""
import gc
import os
import struct
import sys
import types

import parked               # writes no bytecode
import selfcensus
import numpy
import pandas

ROWS = 20000


class Report:
    def __init__(self, name, frame):
        self.name, self.frame, self.notes = name, frame, {name, len(frame)}


class Sample:
    __slots__ = "values", "mean"

    def __init__(self, values):
        self.values, self.mean = values, values.mean()


def make_frame():
    random = numpy.random.default_rng(1)
    frame = pandas.DataFrame({
        "number": numpy.arange(ROWS), "amount": random.random(ROWS), "city": ["city %d" % (one % 500) for one in range(ROWS)],
        "when": pandas.date_range("2024-01-01", periods=ROWS, freq="min"),
        "kind": pandas.Categorical.from_codes(random.integers(0, 4, ROWS), ["one", "two", "three", "four"]),
        "whole": pandas.array([None if one % 7 == 0 else one for one in range(ROWS)], dtype="Int64")})
    frame["anything"] = pandas.Series([[one] if one % 2 else (one, str(one)) for one in range(ROWS)], dtype=object)
    return frame


def make_reports(frame):
    yield Report("by city", frame.groupby("city")["amount"].agg(["sum", "mean", "count"]))
    yield Report("by kind", frame.groupby("kind", observed=True)[["amount", "number"]].mean())
    yield Report("pivot", frame.assign(day=frame["when"].dt.dayofyear).pivot_table(
        index="day", columns="kind", values="amount", aggfunc="sum", observed=True))
    yield Report("some", frame[frame["amount"] > 0.5])
    yield Report("joined", frame.head(1000).merge(frame.tail(1000), on="kind", suffixes=("", "_right")).head(5000))
    yield Report("indexed", frame.set_index(["city", "number"]).sort_index())


def make_arrays():
    grid = numpy.zeros((300, 400))
    yield from (grid, grid[10:20], grid.T, numpy.asfortranarray(grid), numpy.array("scalar"), numpy.empty((0, 3)))
    yield numpy.array([("a", 1, 2.5)] * 100, dtype=[("name", "U10"), ("number", "i4"), ("part", "f8", (3,))])
    yield numpy.array([None, "text", [1], {"key": "value"}] * 50, dtype=object)
    yield from (numpy.arange(size, dtype=kind) for size in (1, 10, 100, 1000, 100000) for kind in ("i1", "i4", "f8", "c16"))
    yield numpy.frombuffer(bytes(1000), dtype="u2")


def of_array(one):
    os.write(arrays, struct.pack("<QQQ", id(one), one.nbytes if one.flags.owndata else 0, one.ndim))
    return [one.base, one.dtype] + (list(one.flat) if one.dtype == object else [])


def of_dtype(one):
    parts = gc.get_referents(one.fields) if one.fields else []          # asking makes a proxy of the dict, and tuples
    return parts + [one.names, one.type] + ([one.base] if one.subdtype else [])


frame = make_frame()
reports = list(make_reports(frame))
samples = [Sample(frame["amount"].to_numpy()[number * 20:number * 20 + 20].copy()) for number in range(1000)]
held = list(make_arrays())
arrays = os.open(sys.argv[1] + ".arrays", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
selfcensus.holders += [(types.FrameType, selfcensus.of_frame), (numpy.ndarray, of_array), (numpy.dtype, of_dtype)]
for one in held + [None]:       # what the first call of an attribute makes
    if one is not None:
        of_array(one), of_dtype(one.dtype)
os.ftruncate(arrays, 0)
os.lseek(arrays, 0, os.SEEK_SET)
selfcensus.stop(sys.argv[1], more={"program": {"__main__.Report": len(reports), "__main__.Sample": len(samples)}})
