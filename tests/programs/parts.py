"""Objects with what is inside of them.

    parts.py ORACLE

The oracle lists of each object, by name, its address and the parts that it has to show: a list of [label, repr] where
these are all and in this order, a dict where there may be others.
"""
import collections
import functools
import os
import sys
import types

import parked

made = {}


def put(name, value, expected):
    made[name] = value, expected


def collect():
    class A:
        def __init__(self, n=0): self.x = 1; self.y = 'two'; self._p = [n]
        @property
        def prop(self): return 1
    a = A(); put('a', a, [('.' + k, repr(v)) for k, v in vars(a).items()])
    a = A(); a.__dict__; put('a_mat', a, [('.x', '1'), ('.y', "'two'"), ('._p', '[0]')])
    a = A(); del a.x; a.x = 5; put('a_del', a, [('.y', "'two'"), ('._p', '[0]'), ('.x', '5')])
    class S:
        __slots__ = ('m', 'n', '__q')
        def __init__(self): self.m = 1; self.__q = 3
    class S2(S):
        __slots__ = ('z',)
    class S3(S2): pass
    put('s', S(), [('._S__q', '3'), ('.m', '1')])
    s = S2(); s.z = 'z'; put('s2', s, [('._S__q', '3'), ('.m', '1'), ('.z', "'z'")])
    s = S3(); s.n = 2; s.d = 4; put('s3', s, [('._S__q', '3'), ('.m', '1'), ('.n', '2'), ('.d', '4')])
    class I(int): pass
    for n in (0, 5, -7, 2 ** 100, -2 ** 61):
        i = I(n); i.at = 'i'; put('int%d' % n, i, [('.at', "'i'")])
    class T(tuple): pass
    for n in (0, 1, 2, 7):
        t = T(range(n)); t.at = 't'; put('tup%d' % n, t, [('[%d]' % i, str(i)) for i in range(n)] + [('.at', "'t'")])
    class B(bytes): pass
    b = B(b'abc'); b.at = 1; put('bytes', b, [('.at', '1')])
    class L(list): pass
    l = L([1, 2]); l.q = 1; put('list', l, [('[0]', '1'), ('[1]', '2'), ('.q', '1')])
    class SS(str): pass
    s = SS('x'); s.k = 1; put('str', s, [('.k', '1')])
    put('dict', {'a': 1, 2: 'b', (1,): None}, [("['a']", '1'), ('[2]', "'b'"), ('[(1,)]', 'None')])
    put('odict', collections.OrderedDict([('b', 1), ('a', 2)]), [("['b']", '1'), ("['a']", '2')])
    put('set', {1}, [('{0}', '1')])
    put('deque', collections.deque(range(3)), [('[%d]' % i, str(i)) for i in range(3)])
    class E(Exception): pass
    e = E('m', 1); e.code = 7
    put('exc', e, {'.args': "('m', 1)", '.code': '7'})
    def f(p, q=4, *, r=5): return p
    f.attr = 1
    put('func', f, {'.__name__': "'f'", '.__defaults__': '(4,)', '.__kwdefaults__': "{'r': 5}", '.attr': '1', '.__code__': repr(f.__code__)})
    def g():
        return a
    put('cell', g.__closure__[0], [('.cell_contents', repr(a))])
    put('meth', A().__init__, {})
    put('part', functools.partial(int, '7', base=8), {'.func': "<class 'int'>", '.args': "('7',)", '.keywords': "{'base': 8}"})
    put('ns', types.SimpleNamespace(a=1, b=2), [('.a', '1'), ('.b', '2')])
    put('slice', slice(1, 2), [('.start', '1'), ('.stop', '2'), ('.step', 'None')])
    put('mp', types.MappingProxyType({'a': 1}), [("['a']", '1')])
    put('prop', A.__dict__['prop'], {'.fget': repr(A.__dict__['prop'].fget)})
    put('cls', A, {'.__init__': repr(A.__init__), '.__module__': "'__main__'"})
    put('os', OSError(2, 'no', 'f'), {'.errno': '2', '.strerror': "'no'", '.filename': "'f'"})
    x = []; x.append(x); put('cyc', x, [('[0]', '[[...]]')])
    put('none', None, []); put('i', 5, [])
    put('big', list(range(1000)), [('[%d]' % i, str(i)) for i in range(100)])
    put('empty', type('Z', (), {'__slots__': ('a', '__dict__')})(), [])


def main():
    collect()
    parked.write_json(sys.argv[1], {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0, "parts": {
        name: [id(value), expected] for name, (value, expected) in made.items()}})
    os.write(1, b"ready\n")
    parked.serve()


main()
