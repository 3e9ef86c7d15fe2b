"""Of README.md: a program that dies in C code while it handles an exception."""
import ctypes
import json
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation


class BadOrder(Exception):
    pass


@dataclass
class Order:
    number: int
    customer: str
    items: list = field(default_factory=list)


class Importer:
    def __init__(self, source):
        self.source = source
        self.done = 0

    def price_of(self, item):
        try:
            return Decimal(item["price"])
        except InvalidOperation as error:
            raise BadOrder("no price: %r" % item["price"]) from error

    def import_order(self, line):
        order = Order(**json.loads(line))
        try:
            total = sum(self.price_of(item) for item in order.items)
        except BadOrder:
            self.reject(order)
        self.done += 1

    def reject(self, order):
        handle = None
        ctypes.CDLL(None).fputs(order.customer.encode(), handle)


def main():
    lines = [
        '{"number": 4711, "customer": "Ada", "items": [{"name": "pear", "price": "0.40"}]}',
        '{"number": 4712, "customer": "Zoë", "items": [{"name": "plum", "price": "0,35"}]}',
    ]
    importer = Importer("orders.json")
    for line in lines:
        importer.import_order(line)


if __name__ == "__main__":
    main()
