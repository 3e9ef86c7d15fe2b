"""A small heap, for interpreters that cannot import everything."""
import collections


class Light:
    def __init__(self, number):
        self.number, self.items = number, [number]


class LightList(list):
    pass


kept = [Light(number) for number in range(500)] + [LightList(range(number)) for number in range(50)]
kept += [collections.deque(range(number)) for number in range(100)]
kept += [{str(number): number} for number in range(200)] + [set(range(number)) for number in range(100)]
