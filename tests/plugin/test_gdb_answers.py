"""Answers inside gdb equal the tool's: every engine command, on each interpreter, in a live process, in gdb's and the
kernel's cores, and through gdbserver."""
import os

import pytest

import gdbsession
from gdbsession import Mi, batch, beside, pairs, server
from helpers import each, few, interpreters, needs_kernel_cores, run_tool, sysroot

gdbsession.needed()

SUPPORTED = interpreters.supported()
CHOSEN = [one.values[0] for one in each(SUPPORTED)]
ADDRESSED = "object", "refs", "path"


def lines(target):
    address = "%#x" % target.oracle["addresses"]["attribute"]
    every = ["info", "stack --locals", "stack --native", "census", "census --by module --top 5", "refs", "refs --to",
             "path", "object", "object --depth 3", "retained --top 20", "leaks --top 10"]
    # What the others read is resident from then on.
    every.append("memory")
    return [(one, one.split() + ["--json"] + ([address] if one.split()[0] in ADDRESSED else [])) for one in every]


def differences(name, inside, outside):
    """Where two answers differ, as text; `inside` and `outside`: what was printed."""
    my_envelope, mine = gdbsession.document(inside)
    its_envelope, tools = gdbsession.document(outside)
    found = []
    for key in "command", "python", "complete", "warnings":
        if my_envelope[key] != its_envelope[key]:
            found.append("%s: %s is %r, not %r" % (name, key, my_envelope[key], its_envelope[key]))
    if mine != tools:
        at = next((i for i, (one, other) in enumerate(zip(mine, tools)) if one != other), min(len(mine), len(tools)))
        found.append("%s: result differs at %d:\n   %r\n   %r" % (
            name, at, mine[max(0, at - 150):at + 150], tools[max(0, at - 150):at + 150]))
    return found


def heap_of(text):
    result = gdbsession.document(text)[0]["result"]
    return result["pymalloc"], [one for one in result["categories"] if one["name"].startswith(("object", "pymalloc"))]


def tool_says(interpreter, arguments, *target):
    """What the tool prints for the same command line. Files under the root of a chroot are the same to gdb, which has that
    for its own root."""
    operands = arguments[arguments.index("--json") + 1:]
    options = arguments[:arguments.index("--json") + 1]
    run = run_tool(*options, *target, *operands)
    assert run.returncode in (0, 1), str(run)
    text = run.stdout.decode()
    return text.replace('"%s/' % interpreter.root, '"/') if interpreter.root else text


def check_core(gdb, target, core):
    """All commands in one session on CORE."""
    asked = lines(target)
    said = batch(gdb, ["py-" + " ".join(one) for _, one in asked], ["-c", core[len(gdb.root):]])
    wanted = [tool_says(target.interpreter, one, *sysroot(target.interpreter), core) for _, one in asked]
    found = [difference for (name, _), mine, tools in zip(asked, said, wanted)
             for difference in differences(name, mine, tools)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("gdb, interpreter", pairs(CHOSEN))
def test_live_and_its_core(gdb, interpreter, start):
    """Attached, through MI: what the tool says of the process, which is parked, once gdb has let it go, and what it says
    of the core that gdb writes meanwhile, and gdb of that core."""
    target = start(beside(gdb, interpreter), "paths.py")
    core = os.path.join(target.inside, "made-inside")
    asked = lines(target)
    with Mi(gdb, ["-p", target.pid], target=target.pid) as session:
        said = [session.console("py-" + " ".join(one)) for _, one in asked]
        assert session.console("detach").done
        target.wait_until_parked()
        live = [tool_says(interpreter, one, target.pid) for _, one in asked]
        # To write a core gdb reads all memory, and more of it is resident from then on.
        assert session.console("attach %d" % target.pid).done
        assert session.console("gcore " + core).done
        assert session.console("detach").done
        assert not session.odd, session.odd[:5]
    found = []
    for (name, one), mine, tools in zip(asked, said, live):
        assert mine.done, "%s: %s" % (name, mine)
        if name == "memory": # once it has run on, more of its memory is resident, but the heap is as it was
            assert heap_of(mine.console) == heap_of(tools)
        else:
            found += differences(name, mine.console, tools)
        # A core lacks the kernel's names of threads, and of the files' pages and of what else there is of memory it has
        # what gdb puts there.
        if name.split()[0] not in ("info", "memory", "stack"):
            found += differences(name + " of the core", mine.console,
                                 tool_says(interpreter, one, *sysroot(interpreter), gdb.root + core))
    assert not found, "\n".join(found)
    target.check_unharmed(answers=False)
    check_core(gdb, target, gdb.root + core)


@pytest.mark.parametrize("gdb, interpreter", pairs(CHOSEN))
def test_kernel_core(gdb, interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "paths.py", core_limit=True)
    check_core(gdb, target, target.kernel_core())


@pytest.mark.parametrize("interpreter", [one for one in few(SUPPORTED) if not one.root], ids=str)
@pytest.mark.parametrize("sysroot", ["files from the server", "files at hand"])
def test_gdbserver(interpreter, sysroot, start):
    """What a server on this machine reads for gdb, through the JIT reader."""
    gdb = gdbsession.system_gdb()
    target = start(interpreter, "paths.py")
    asked = [(name, one) for name, one in lines(target) if name != "memory"]
    with server(target.pid) as address, Mi(gdb) as session:
        if sysroot == "files at hand":
            session.console("set sysroot /")
        assert session.console("target remote " + address).done
        said = [session.console("py-" + " ".join(one)) for _, one in asked]
        session.console("detach")
    target.wait_until_parked()
    found = []
    for (name, one), mine in zip(asked, said):
        assert mine.done, "%s: %s" % (name, mine)
        found += differences(name, mine.console, tool_says(interpreter, one, target.pid))
    assert not found, "\n".join(found)
    target.check_unharmed(answers=False)
