/* What gcm.c offers to other modules in C, by the capsule `_api` of its module. */

#ifndef GCM_H
#define GCM_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

#define TAG 16
#define WINDOW 1024

/* The twin of srtp_index.UsedNumbers: a bit stands for a number that was skipped, among the newest before `highest`. */
typedef struct {
    long long highest;
    uint64_t skipped[WINDOW / 64];
} UsedNumbers;

typedef struct {
    PyTypeObject *sender;
    /* Owned by the sender, for as long as that lives; NULL with an exception. A new stream begins with `sequence`. */
    UsedNumbers *(*find_used)(PyObject *sender, uint32_t ssrc, unsigned sequence);
    /* The unwrapped index of a number that is used for the first time; -1 for another, without an exception. */
    long long (*use_number)(UsedNumbers *used, unsigned sequence);
    /* `sealed` has room for the tag, and may be where `plain` is. */
    int (*seal)(PyObject *sender, uint32_t ssrc, long long index, const unsigned char *header, int header_size,
                const unsigned char *plain, int size, unsigned char *sealed);
} GcmApi;

static inline void put16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static inline void put32(unsigned char *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xFFFF);
}

static inline unsigned get16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static inline uint32_t get32(const unsigned char *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* Whether a call has as many arguments as it should; if not, with an exception. */
static inline int has(Py_ssize_t count, Py_ssize_t wanted)
{
    if (count == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "%zd arguments are needed, not %zd", wanted, count);
    return 0;
}

static inline int is_bytes(PyObject *object)
{
    if (PyBytes_CheckExact(object) && PyBytes_GET_SIZE(object) < INT32_MAX / 2)
        return 1;
    PyErr_SetString(PyExc_TypeError, "packets are bytes");
    return 0;
}

static inline PyObject *import(const char *name, const char *attribute)
{
    PyObject *module = PyImport_ImportModule(name);
    PyObject *found = module ? PyObject_GetAttrString(module, attribute) : NULL;
    Py_XDECREF(module);
    return found;
}

#endif
