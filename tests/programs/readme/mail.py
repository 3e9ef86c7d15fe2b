"""Of README.md: a mail server that leaks in three ways: circles while the collector is off, what native code forgot to let go
of, and a list that only grows."""
import ctypes
import gc
import signal


class Session:
    def __init__(self, number):
        self.number = number
        self.handler = Handler(self)


class Handler:
    def __init__(self, session):
        self.session = session
        self.lines = ["HELO", "QUIT"]


class Message:
    def __init__(self, text):
        self.text = text


sent = []


def deliver(text):
    """What an extension does that forgets a Py_DECREF for each tenth message."""
    message = Message(text)
    if len(sent) % 10 == 0:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(message))
    sent.append(text)


def serve(sessions):
    for number in range(sessions):
        Session(number)
        deliver("message %d: %s" % (number, "hello " * 20))


gc.collect()
gc.disable()
serve(6000)
print("ready", flush=True)
signal.signal(signal.SIGUSR1, lambda *_: None)
signal.pause()
serve(6000)
print("more", flush=True)
signal.pause()
