"""gdb's own support of threads is the same with the plugin as without it: C programs, which have no Python."""
import re
import subprocess

import pytest

import gdbsession
from gdbsession import Mi, batch, compiled
from helpers import in_child

gdbsession.needed()

THREADS = r"""
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static __thread int own = -1;
__thread long shown = 7;
static pthread_barrier_t all;
static volatile int again = 1;

static void here(int number)
{
    own = number * 100;
    shown += own;
}

static void *work(void *number)
{
    here((int)(long)number);
    pthread_barrier_wait(&all);
    while (again)
        usleep(1000);
    return NULL;
}

static void start(pthread_t *threads, int count)
{
    pthread_barrier_init(&all, NULL, count + 1);
    for (long i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
}

static void ready(void)
{
    puts("ready");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    pthread_t threads[4];

    start(threads, 4);
    pthread_barrier_wait(&all);
    ready();
    if (argc > 1 && !strcmp(argv[1], "fork")) {
        int child = fork();

        if (!child) {
            here(9);
            _exit(own == 900 ? 3 : 4);
        }
        waitpid(child, NULL, 0);
    }
    if (argc > 1 && !strcmp(argv[1], "abort"))
        abort();
    if (argc > 1 && !strcmp(argv[1], "wait"))
        while (getchar() != EOF)
            ;
    again = 0;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
"""
TLS = "thread apply all -q print own", "thread apply all -q print shown"
SESSIONS = {
    "run to a breakpoint": ["break here if number == 3", "run", "print own", "finish", "print own", "info breakpoints", "delete",
                            "continue"],
    "breakpoint of a thread": ["break ready", "run", "thread 1", "break here thread 1", "bt 1", "delete", "info threads",
                               *TLS, "kill"],
    "next over pthread_create": ["break start", "run", "next", "next", "next", "next", "next", "next", "next",
                                 "set scheduler-locking step", "step", "info locals", "set scheduler-locking replay",
                                 "kill"],
    "at its end": ["run", "info threads", "print again"],
    "at its abort": ["run abort", "bt", "thread apply all bt", *TLS, "kill"],
    "child of a fork": ["set follow-fork-mode child", "break here if number == 9", "run fork", "info inferiors", "bt",
                        "info threads", "finish", "print own", "continue"],
    "both of a fork": ["set detach-on-fork off", "set schedule-multiple on", "break here if number == 9", "run fork",
                       "info inferiors", "print own", "bt", "kill inferiors 1 2"],
    "twice": ["break ready", "run", *TLS, "run", *TLS, "thread apply all bt 2", "kill", "info threads"],
    "two inferiors": ["break ready", "run", "add-inferior -exec %(program)s", "inferior 2", "run", "info threads", *TLS,
                      "info inferiors", "kill inferiors 1 2"],
    "from its first instruction": ["starti", "info threads", "break ready", "continue", *TLS, "kill"],
    "non-stop": ["set non-stop on", "break ready", "run", "info threads", "thread 1", "kill"],
    "names of threads": ["break ready", "run", "thread find here", "thread name first", "info threads", "kill"],
}


def even(text):
    """Without what differs from one run to the next: addresses, ids, and times, spaces of tables among them; and without
    the name of the library, which is the plugin's or the system's."""
    text = re.sub(r"\(?LWP \d+\)?", "LWP", text)
    text = re.sub(r"\bprocess \d+", "process", text)
    text = re.sub(r'(Using host libthread_db library) ".*"', r"\1", text)
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r"threadid=\d+|\btid=\d+|pd=|no_pid", "", text)
    text = re.sub(r"[0-9]+ \((Thread|process)", r"(\1", text)
    return re.sub(r" +", " ", text).strip()


def unordered(text):
    """Threads run as they please: which of their lines comes first, and where in the loop they are, is their affair. With
    several inferiors they are numbered 1.2."""
    text = re.sub(r'(?m)^( +\d+(?:\.\d+)? +Thread .*"[^"]*") .*', r"\1", text)
    text = re.sub(r"(?m)^#\d+ .*(usleep|nanosleep|clock_nanosleep|futex|barrier|work|clone|start_thread|sleep).*\n?", "", text)
    return sorted(line for line in even(text).splitlines() if line)


def libthread_db_works(said):
    return "[Thread debugging using libthread_db enabled]" in said.whole


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("threads"), THREADS)


def both(gdb, commands, arguments, **options):
    """What the session says without the plugin and with it."""
    plain = batch(gdb, commands, arguments, plugin=False, **options)
    assert libthread_db_works(plain), "this gdb debugs no threads by itself\n" + plain.whole
    ours = batch(gdb, commands, arguments, **options)
    assert libthread_db_works(ours), "no thread debugging any more\n" + ours.whole
    return plain, ours


def assert_same(commands, plain, ours):
    for command, one, other in zip(commands, plain, ours):
        assert unordered(one) == unordered(other), "%s:\n%s\nand with the plugin:\n%s" % (command, one, other)
    assert len(plain) == len(ours)


@pytest.mark.parametrize("session", SESSIONS)
def test_started(session, program):
    gdb = gdbsession.system_gdb()
    commands = [one % {"program": program} if "%(" in one else one for one in SESSIONS[session]]
    plain, ours = both(gdb, commands, [program])
    assert_same(commands, plain, ours)


@pytest.fixture
def waiting(program):
    process = subprocess.Popen([program, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               preexec_fn=in_child(False))
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_attached_and_detached(waiting):
    """The same process, once and once more; it goes on in between and afterwards."""
    gdb = gdbsession.system_gdb()
    commands = ["info threads", "thread apply all bt", *TLS, "thread 2", "print own", "up", "detach", "info threads",
                "attach %d" % waiting.pid, *TLS, "detach"]
    plain, ours = both(gdb, commands, ["-p", waiting.pid])
    assert_same(commands, plain, ours)
    assert all("= %d00" % number in ours[2] for number in (1, 2, 3, 4)), ours[2]
    waiting.stdin.close()
    assert waiting.wait(timeout=20) == 0


def test_core(waiting, tmp_path, program):
    """The same core; variables of threads in a core need libthread_db, too."""
    gdb = gdbsession.system_gdb()
    core = str(tmp_path / "core")
    batch(gdb, ["gcore " + core], ["-p", waiting.pid], plugin=False)
    commands = ["info threads", "thread apply all bt", *TLS, "thread 2", "print own", "info inferiors"]
    plain, ours = both(gdb, commands, [program, core])
    for one, other in zip(plain, ours):
        assert one == other


def test_without_symbols_of_threads(tmp_path):
    """A program that has no threads, and one that is linked statically."""
    gdb = gdbsession.system_gdb()
    source = "int here(int x) { return x + 1; } int main(void) { return here(2) - 3; }"
    for options in [], ["-static"]:
        program = compiled(tmp_path, source, *options)
        commands = ["break here", "run", "info threads", "bt", "finish", "continue"]
        plain = batch(gdb, commands, [program], plugin=False)
        ours = batch(gdb, commands, [program])
        assert [even(one) for one in plain] == [even(one) for one in ours]


def test_machine_interface(program):
    """What a development environment is told of threads."""
    gdb = gdbsession.system_gdb()
    said = []
    for plugin in False, True:
        with Mi(gdb, [program], plugin=plugin) as session:
            session.command("-break-insert ready")
            assert session.command("-exec-run").record.name == "running"
            stopped = session.until("*", "stopped")
            listed = session.command("-thread-info")
            threads = re.findall(r'{id="(\d+)",target-id="(\w+) ', listed.record.results)
            said.append((stopped.record.get("reason"), threads))
            assert not session.odd
            session.command("-gdb-exit")
    assert said[0] == said[1]
    assert said[0][0] == "breakpoint-hit" and len(said[0][1]) == 5
