"""Of README.md: two transfers between the same accounts, each way at once."""
import queue
import threading
import time


class Account:
    def __init__(self, number, balance):
        self.number = number
        self.balance = balance
        self.lock = threading.Lock()


def transfer(source, target, amount):
    with source.lock:
        time.sleep(0.2)
        with target.lock:
            source.balance -= amount
            target.balance += amount


def audit(transfers):
    while True:
        print(transfers.get())


def main():
    savings, giro = Account("DE-17", 900), Account("DE-42", 250)
    threads = [
        threading.Thread(target=transfer, name="rent", args=(giro, savings, 120)),
        threading.Thread(target=transfer, name="salary", args=(savings, giro, 800)),
        threading.Thread(target=audit, name="audit", args=(queue.Queue(),), daemon=True),
    ]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    for thread in threads[:2]:
        thread.join()


main()
