"""Containers and objects of the standard library's classes, as their own repr() shows them.

    library.py ORACLE

The oracle gives each object's address and repr(). `plain` are objects whose classes change what the library's repr()
asks: <... object at 0x...> is what is right for them. Paths in `fresh` were never asked for their text; the expected one
comes from a second path made alike.
"""
import _thread
import collections
import dataclasses
import enum
import fractions
import functools
import http
import ipaddress
import os
import pathlib
import pwd
import re
import resource
import signal
import socket
import sys
import threading
import time
import types
import typing
import uuid

import parked


def collect():
    class L(list): pass
    class T(tuple): pass
    class D(dict): pass
    class S(set): pass
    class FS(frozenset): pass
    v, plain, fresh = {}, {}, {}
    py = sys.version_info
    v['l0'] = []; v['l1'] = [1, 'a', None]; v['l_sub'] = L([1, 2]); l = [1]; l.append(l); v['l_cycle'] = l
    v['t0'] = (); v['t1'] = (1,); v['t2'] = (1, 2, (3,)); v['t_sub'] = T((1,)); t = ([],); t[0].append(t); v['t_cycle'] = t
    v['d0'] = {}; v['d1'] = {'a': 1, 'b': 2}; v['d_gen'] = {1: 2, 'a': (3,), None: 4}; v['d_sub'] = D(a=1)
    d = {'a': 1, 'b': 2, 'c': 3}; del d['b']; d['d'] = 4; d['b'] = 9; v['d_del'] = d
    d = dict((i, i) for i in range(300)); [d.pop(i) for i in range(0, 300, 2)]; v['d_big'] = d
    d = dict((str(i), i) for i in range(70000)); [d.pop(str(i)) for i in range(69990)]; v['d_big2'] = d
    d = {}; d['x'] = d; v['d_cycle'] = d
    class P:
        def __init__(self, flip=False):
            if flip:
                self.b = 2; self.a = 1
            else:
                self.a = 1; self.b = 2
            self.c = 3
    p0 = P(); p1 = P(True); v['split0'] = p0.__dict__; v['split1'] = p1.__dict__
    p2 = P(); del p2.a; p2.a = 7; v['split_del'] = p2.__dict__; v['p0'] = p0
    p3 = P(); p3.__dict__; p3.x = 5; del p3.b; v['split3'] = p3.__dict__
    p4 = P(); p4.__dict__.update({1: 2}); v['split_int'] = p4.__dict__
    P2 = type('P2', (), {}); 
    p5 = P2()
    for i in range(40): setattr(p5, 'n%d' % i, i)
    v['many'] = p5.__dict__
    v['s0'] = set(); v['s1'] = {1}; v['s'] = set(range(100)); s = set(range(20)); s.discard(3); s.add('q'); v['s_del'] = s
    v['s_str'] = {'a', 'b', 'c'}
    v['fs0'] = frozenset(); v['fs'] = frozenset([1, 2]); v['s_sub'] = S([1]); v['s_sub0'] = S(); v['fs_sub'] = FS([2])
    s = S();
    class HS(S):
        __hash__ = object.__hash__
    s = HS(); s.add(s); v['s_cycle'] = s
    if py >= (3, 15):
        v['fd0'] = frozendict(); v['fd'] = frozendict(a=1, b=2)
        class FD(frozendict): pass
        v['fdsub'] = FD(a=1); l = []; f = frozendict(a=l); l.append(f); v['fdcyc'] = f
    v['dk'] = {'a': 1}.keys(); v['dv'] = {'a': 1}.values(); v['di'] = {'a': 1}.items(); v['dk0'] = {}.keys()
    d = {}; d['v'] = d.values(); v['dv_cyc'] = d['v']
    v['mp'] = types.MappingProxyType({'a': 1}); v['mp2'] = types.MappingProxyType(collections.OrderedDict(a=1))
    C = collections
    class DQ(C.deque): pass
    v['dq0'] = C.deque(); v['dq'] = C.deque([1, 2]); v['dqm'] = C.deque(range(200), maxlen=150); v['dqsub'] = DQ([1], 5)
    q = C.deque(range(100)); q.rotate(37); q.popleft(); q.appendleft('z'); v['dqrot'] = q
    q = C.deque(); q.append(q); v['dqcyc'] = q
    class DD(C.defaultdict): pass
    v['dd0'] = C.defaultdict(); v['ddn'] = C.defaultdict(None, {1: 2}); v['ddl'] = DD(None, a=1)
    d = C.defaultdict(None); d[1] = d; v['dd_cyc'] = d
    O = C.OrderedDict
    class OO(O): pass
    o = O(); v['o0'] = o; o = O(a=1, b=2, c=3); o.move_to_end('a'); v['o1'] = o; o = O((str(i), i) for i in range(50))
    for i in range(0, 50, 3): o.move_to_end(str(i), last=bool(i % 2))
    del o['7']; v['o_big'] = o; v['ok'] = o.keys(); v['ov'] = o.values(); v['oi'] = O(a=1).items()
    o = OO(a=1); o['s'] = o; v['osub'] = o
    class NS(types.SimpleNamespace): pass
    v['ns0'] = types.SimpleNamespace(); v['ns'] = types.SimpleNamespace(b=1, a='x'); v['nssub'] = NS(z=1, y=2)
    n = types.SimpleNamespace(q=1); n.me = n; v['nscyc'] = n
    v['cnt0'] = C.Counter(); v['cnt'] = C.Counter('abracadabra'); v['cnt_neg'] = C.Counter(a=-1, b=3, c=3, d=0)
    v['cnt_f'] = C.Counter({'a': 1.5, 'b': 2, 'c': 1e300}); v['cnt_mix'] = C.Counter({'a': 1, 'b': 'x', 'c': None})
    v['cnt_none'] = C.Counter({'a': None, 'b': None}); v['cnt_one'] = C.Counter({'a': 'x'})
    class CS(C.Counter): pass
    v['cntsub'] = CS(b=1, a=1, c=2)
    NT = C.namedtuple('NT', 'x y'); 
    class NTS(NT): pass
    class TN(typing.NamedTuple):
        a: int
        b: str = 'q'
    v['nt'] = NT(1, [2]); v['nts'] = NTS(3, 4); v['tn'] = TN(1); v['nt0'] = C.namedtuple('E', '')()
    class Color(enum.Enum):
        RED = 1; GREEN = 'g'; BLUE = (1, 2)
    class I(enum.IntEnum):
        A = 1; B = 2
    class F(enum.Flag):
        R = 4; W = 2; X = 1; RW = 6
    class IF(enum.IntFlag):
        R = 4; W = 2; X = 1
    class SE(str, enum.Enum):
        A = 'aa'
    class FE(float, enum.Enum):
        A = 1.5
    v['e1'] = Color.RED; v['e2'] = Color.GREEN; v['e3'] = Color.BLUE; v['i1'] = I.B; v['f1'] = F.R; v['f2'] = F.R | F.X
    v['f3'] = F.RW; v['f4'] = F(7); v['f0'] = F(0); v['if1'] = IF.R; v['if2'] = IF.R | IF.W; v['if3'] = IF(0); v['if8'] = IF(8); v['if9'] = IF(13); v['ifn'] = ~IF.R
    v['if_inv'] = ~IF(0); v['se'] = SE.A; v['fe'] = FE.A
    v['ref'] = re.I | re.M; v['ref1'] = re.I; v['ref0'] = re.RegexFlag(0); v['ref2'] = re.RegexFlag(1 << 20)
    if py >= (3, 11):
        class StrE(enum.StrEnum):
            A = 'a'
        v['stre'] = StrE.A
    v['ec'] = Color; v['fc_'] = F; v['ic'] = I; v['ec2'] = enum.Enum; v['ec3'] = enum.Flag; v['cntbig'] = C.Counter(a=-1, b=10**30, c=0, d=-10**30); v['cntbf'] = C.Counter(a=1.5, b=3, c=-2)
    v['http'] = http.HTTPStatus.OK; v['sig'] = signal.SIGINT; v['af'] = socket.AF_INET
    PP = pathlib
    v['pa'] = PP.Path('/etc/passwd'); v['pb'] = PP.Path('a', 'b//c', './d', '..'); v['pc'] = PP.Path(); v['pd'] = PP.PurePosixPath('//x/y'); v['pe'] = PP.PurePosixPath('///x/y', '/z')
    v['pf'] = PP.PureWindowsPath('c:/a/b'); x = PP.PureWindowsPath('c:\\a', 'b'); str(x); v['pg'] = x; v['ph'] = PP.PurePosixPath('/'); v['pi'] = PP.Path('/a') / 'b' / '/c/'
    x = PP.Path('/x/y/./z/'); str(x); v['pj'] = x; v['pk'] = PP.Path("it's"); v['pl'] = PP.Path('/a/b/c').parent; v['pm'] = PP.Path('/a/b').parents; v['pn'] = PP.Path(b'\xff'.decode('utf8', 'surrogateescape'))
    x = PP.Path('/h/\u00e9'); str(x); v['po'] = x; v['pq'] = PP.Path('\u00e9', 'x'); v['pr'] = PP.Path('/', 'a'); v['ps'] = PP.Path('a/', 'b')
    class MyP(type(PP.Path())):
        pass
    class MyQ(type(PP.Path())):
        def __str__(self): return 'xx'
    plain['own_str'] = MyQ('/z')
    plain.update(lookalikes())
    v['pmy'] = MyP('/q')
    th = threading
    e = th.Event(); w = th.Thread(target=e.wait, name='w1', daemon=True); w.start(); v['th_started'] = w
    w = th.Thread(target=lambda: None); v['th_init'] = w
    w = th.Thread(target=lambda: None, name='\u00e9nd'); w.start(); time.sleep(0.05); v['th_done'] = w
    w = th.Thread(target=lambda: None); w.start(); w.join(); v['th_joined'] = w
    v['th_main'] = th.main_thread(); w = th.Timer(1000, print); v['timer'] = w
    class MyT(th.Thread): pass
    v['th_my'] = MyT(name='my', daemon=True)
    box = []
    _thread.start_new_thread(lambda: (box.append(th.current_thread()), e.wait()), ())
    while not box: time.sleep(0.01)
    v['th_dummy'] = box[0]
    e2 = th.Event(); e2.set(); v['ev'] = e; v['ev2'] = e2; v['sem'] = th.Semaphore(3); v['bsem'] = th.BoundedSemaphore(2); v['bar'] = th.Barrier(3)
    b = th.Barrier(2); b.abort(); v['bar_broken'] = b
    v['chain'] = C.ChainMap({'a': 1}, {}); c = C.ChainMap(); c['x'] = c; v['chain_cyc'] = c
    v['ud'] = C.UserDict(a=1); v['ul'] = C.UserList([1]); v['us'] = C.UserString("x'")
    v['fr'] = fractions.Fraction(3, -4); v['frbig'] = fractions.Fraction(10 ** 30, 7)
    v['uuid'] = uuid.UUID(int=5); v['uuid2'] = uuid.UUID('ffffffff-1234-5678-9abc-def012345678')
    A = ipaddress.ip_address
    for i, a in enumerate(['1.2.3.4', '0.0.0.0', '::', '::1', '1::', 'fe80::1:0:0:2', '1:2:3:4:5:6:7:8', '1:0:0:2:0:0:0:3', '0:0:1::', '2001:db8::', '1:0:2:3:4:5:6:7', '::ffff:1.2.3.4', '1:2:3:4:5:6:0:0', '0:1:2:3:4:5:6:7']):
        v['ip%d' % i] = A(a)
    if py >= (3, 9): v['ipscope'] = A('fe80::1%eth0')
    v['ipn'] = ipaddress.ip_network('10.0.0.0/8'); v['ipn6'] = ipaddress.ip_network('2001:db8::/32'); v['ipi'] = ipaddress.ip_interface('1.2.3.4/24'); v['ipi6'] = ipaddress.ip_interface('::1/64')
    if True:
        @dataclasses.dataclass
        class DC:
            x: int
            y: list = dataclasses.field(default_factory=list)
            h: int = dataclasses.field(default=3, repr=False)
            z: typing.ClassVar[int] = 3
            w: dataclasses.InitVar[int] = 3
        @dataclasses.dataclass
        class DC2(DC):
            q: str = 'q'
        class DC3(DC2): pass
        @dataclasses.dataclass(repr=False)
        class DC4:
            x: int
        @dataclasses.dataclass
        class DC5:
            x: int
            def __repr__(self): return 'own'
        @dataclasses.dataclass
        class DC0: pass
        a = DC(1); v['dc'] = a; a.y.append(5); b = DC2(2); b.y.append(b); v['dc2'] = b; v['dc3'] = DC3(1, q=3); v['dc0'] = DC0()
        plain['without_repr'] = DC4(1); plain['own_repr'] = DC5(1)
        @dataclasses.dataclass(frozen=True)
        class DCF:
            x: int
        v['dcf'] = DCF(4)
        if py >= (3, 10):
            @dataclasses.dataclass(slots=True)
            class DCS:
                x: int
                y: int = 4
            v['dcs'] = DCS(1)
    v['vi'] = sys.version_info; v['tm'] = time.gmtime(0); v['st'] = os.stat('/'); v['flags'] = sys.flags; v['fi'] = sys.float_info; v['ii'] = sys.int_info; v['times'] = os.times(); v['term'] = os.terminal_size((80, 24))
    v['hi'] = sys.hash_info; v['ti'] = sys.thread_info; v['un'] = os.uname()
    v['ru'] = resource.getrusage(0); v['pw'] = pwd.getpwuid(0)
    fresh.update({'fa': (PP.Path, '/etc/passwd'), 'fb': (PP.Path, 'a', 'b//c', './d', '..'), 'fc': (PP.Path,), 'fd': (PP.PurePosixPath, '//x/y'), 'fe': (PP.PurePosixPath, '///x/y', '/z'), 'fh': (PP.PurePosixPath, '/'), 'fk': (PP.Path, "it's"), 'fq': (PP.Path, '\u00e9', 'x'), 'fr': (PP.Path, '/', 'a'), 'fs': (PP.Path, 'a/', 'b'), 'fx': (PP.Path, '.'), 'fy': (PP.Path, '', ''), 'fz': (MyP, '/k//l/.')})
    return v, plain, fresh


def lookalikes():
    """Classes that only bear the names of others, and such as answer what C's reprs ask in their own way."""
    # Without a __name__ in its globals a class belongs to builtins.
    strange = {}
    exec("class function:\n a = 1\nclass cell: pass\nclass generator: pass\nclass NoneType: pass", strange)
    class Deque(collections.deque):
        def __iter__(self): return iter([9])
    class Set(set):
        def __iter__(self): return iter([9])
    class Ordered(collections.OrderedDict):
        def items(self): return [(9, 9)]
    class Counted(collections.Counter): pass
    def wrap(function):
        @functools.wraps(function)
        def __repr__(self): return '!' + function(self)
        return __repr__
    Counted.__repr__ = wrap(collections.Counter.__repr__)
    class Asked(property): pass
    @dataclasses.dataclass
    class Computed:
        x: int = 1
    computed = Computed(); Computed.x = Asked(lambda self: 5)
    @dataclasses.dataclass
    class Intercepted:
        x: int = 1
        def __getattribute__(self, name): return 7 if name == 'x' else object.__getattribute__(self, name)
    dotted = type('collections.deque', (), {})
    plain = {name: strange[name]() for name in ('function', 'cell', 'generator', 'NoneType')}
    plain.update(deque=Deque([1]), set=Set([1]), ordered=Ordered(a=1), wrapped=Counted('a'), computed=computed,
                 intercepted=Intercepted(), dotted=dotted())
    return plain


def main():
    shown, plain, recipes = collect()
    fresh = {name: make(*arguments) for name, (make, *arguments) in recipes.items()}
    objects = [[name, id(value), repr(value)] for name, value in shown.items()]
    objects += [[name, id(value), object.__repr__(value)] for name, value in plain.items()]
    objects += [[name, id(fresh[name]), repr(make(*arguments))] for name, (make, *arguments) in recipes.items()]
    parked.write_json(sys.argv[1], {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0,
                                    "objects": objects})
    os.write(1, b"ready\n")
    parked.serve()


main()
