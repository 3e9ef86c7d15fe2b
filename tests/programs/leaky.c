/* Native code that forgets references on purpose, in each way that is usual, and some that keeps them where only a scan
 * of its memory can find them.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdlib.h>

/* Takes a list's item for its own, as if it were borrowed and then kept: each call leaves a reference. */
static PyObject *
leak_item(PyObject *self, PyObject *arguments)
{
    PyObject *list, *item;
    Py_ssize_t index;

    (void)self;
    if (!PyArg_ParseTuple(arguments, "O!n", &PyList_Type, &list, &index))
        return NULL;
    item = PyList_GetItem(list, index);
    if (!item)
        return NULL;
    Py_INCREF(item);
    Py_RETURN_NONE;
}

/* Asks for an attribute and does not release it. */
static PyObject *
leak_attribute(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    const char *name;

    (void)self;
    if (!PyArg_ParseTuple(arguments, "Os", &object, &name) || !PyObject_GetAttrString(object, name))
        return NULL;
    Py_RETURN_NONE;
}

/* Makes an object, and forgets it. */
static PyObject *
leak_result(PyObject *self, PyObject *callable)
{
    (void)self;
    if (!PyObject_CallObject(callable, NULL))
        return NULL;
    Py_RETURN_NONE;
}

/* A block of malloc's with references in it. */
struct record {
    struct record *next;
    uint64_t number;
    PyObject *first, *second;
};

static struct record *
make_record(PyObject *first, PyObject *second)
{
    struct record *record = calloc(1, sizeof(*record));

    if (record) {
        record->first = first;
        record->second = second;
        Py_INCREF(first);
        Py_XINCREF(second);
    }
    return record;
}

/* Puts a reference into a block of which the address is lost. */
static PyObject *
leak_record(PyObject *self, PyObject *object)
{
    (void)self;
    if (!make_record(object, NULL))
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

/* No leaks. */
static PyObject *kept;
static struct record *records;

static PyObject *
keep(PyObject *self, PyObject *object)
{
    (void)self;
    Py_INCREF(object);
    Py_XSETREF(kept, object);
    Py_RETURN_NONE;
}

static PyObject *
keep_in_record(PyObject *self, PyObject *arguments)
{
    PyObject *first, *second;
    struct record *record;

    (void)self;
    if (!PyArg_ParseTuple(arguments, "OO", &first, &second))
        return NULL;
    record = make_record(first, second);
    if (!record)
        return PyErr_NoMemory();
    record->next = records;
    records = record;
    Py_RETURN_NONE;
}

/* An object with a block of its own, in which it can keep references, itself among them. The collector knows nothing of
   it. */
struct owner {
    PyObject_HEAD
    struct record *record;
};

static PyObject *
owner_hold(PyObject *self, PyObject *object)
{
    struct owner *owner = (struct owner *)self;

    if (owner->record) {
        Py_XDECREF(owner->record->first);
        free(owner->record);
    }
    owner->record = make_record(object, NULL);
    if (!owner->record)
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static void
owner_dealloc(PyObject *self)
{
    struct owner *owner = (struct owner *)self;
    PyTypeObject *type = Py_TYPE(self);

    if (owner->record) {
        Py_XDECREF(owner->record->first);
        free(owner->record);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef owner_methods[] = {
    {"hold", owner_hold, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot owner_slots[] = {
    {Py_tp_dealloc, owner_dealloc},
    {Py_tp_methods, owner_methods},
    {0, NULL},
};

static PyType_Spec owner_spec = {
    .name = "leaky.Owner", .basicsize = sizeof(struct owner), .flags = Py_TPFLAGS_DEFAULT, .slots = owner_slots};

static PyMethodDef methods[] = {
    {"leak_item", leak_item, METH_VARARGS, NULL},
    {"leak_attribute", leak_attribute, METH_VARARGS, NULL},
    {"leak_result", leak_result, METH_O, NULL},
    {"leak_record", leak_record, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"keep_in_record", keep_in_record, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "leaky", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit_leaky(void)
{
    PyObject *module = PyModule_Create(&definition), *type = module ? PyType_FromSpec(&owner_spec) : NULL;

    if (!type || PyModule_AddObject(module, "Owner", type) < 0)
        return NULL;
    return module;
}
