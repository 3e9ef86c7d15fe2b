"""Of README.md: a shop that forgets no visitor, and whose yearly report leaves holes in memory."""
import signal


class Visit:
    def __init__(self, number):
        self.visitor = "visitor %d" % number
        self.pages = ["/", "/plums"]


def best_customers():
    """Many rows are made, and a few kept."""
    rows = ["customer %d, %s" % (number, "plums " * 30) for number in range(300000)]
    return rows[::4000]


def main():
    visits = [Visit(number) for number in range(100000)]
    best = best_customers()
    print("ready", flush=True)
    signal.pause()
    return visits, best


main()
