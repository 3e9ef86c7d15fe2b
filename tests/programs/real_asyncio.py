"""A server of asyncio with clients connected, which counts its own heap when told: nothing but the standard library.

    real_asyncio.py ORACLE

Prints its port. Clients send lines of JSON; a byte on standard input has it count and wait, holding the GIL, for another;
then it serves on and answers bytes.
"""
import asyncio
import collections
import json
import os
import sys
import types
import weakref

import parked               # writes no bytecode
import selfcensus


class Client:
    def __init__(self, name, writer):
        self.name, self.writer, self.subjects = name, writer, set()
        self.queue, self.sender = asyncio.Queue(), None


class Message:
    __slots__ = "subject", "body", "sender", "__weakref__"

    def __init__(self, subject, body, sender):
        self.subject, self.body, self.sender = subject, body, sender


class Passing(Message):
    """That nobody keeps."""


class Subject(collections.OrderedDict):
    """Of messages by number."""


clients, subjects, alive = {}, {}, weakref.WeakSet()
counted = False


async def send(client):
    while True:
        message = await client.queue.get()
        client.writer.write(json.dumps({"subject": message.subject, "body": message.body}).encode() + b"\n")
        await client.writer.drain()


def publish(subject, body, sender):
    message = Message(subject, body, sender)
    alive.add(message)
    kept = subjects.setdefault(subject, Subject())
    kept[len(kept)] = message
    return message


async def serve(reader, writer):
    client = Client(json.loads(await reader.readline())["name"], writer)
    clients[client.name] = client
    client.sender = asyncio.ensure_future(send(client))
    while True:
        line = await reader.readline()
        if not line:
            break
        asked = json.loads(line)
        client.subjects.add(asked["subject"])
        message = publish if asked.get("keep") else Passing
        client.queue.put_nowait(message(asked["subject"], asked["body"], client.name))
    client.sender.cancel()
    writer.close()


def told():
    global counted
    os.read(0, 1)
    if not counted:
        counted = True
        selfcensus.holders.append((types.FrameType, selfcensus.of_frame))
        selfcensus.stop(sys.argv[1], hold=True, more={"program": {
            "__main__.Client": len(clients), "__main__.Message": len(alive), "__main__.Subject": len(subjects)}})
    else:
        os.write(1, b"pong\n")


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    os.write(1, b"%d\n" % server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    loop.add_reader(0, told)
    await server.serve_forever()


asyncio.run(main())
