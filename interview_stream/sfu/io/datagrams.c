/* Datagrams in bulk: the twin of datagrams.py, where every function is described.
 *
 * One recvmmsg takes what waits; packets of one size for one address leave in one sendmsg and are cut apart below the
 * IP layer (UDP_SEGMENT, Linux 4.18), or one by one where that is not supported.
 */

#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define MAX_DATAGRAM 2048
#define MAX_RECEIVED 64
#define MAX_SEGMENTS 64
#define MAX_TRAIN 65000
#define MAX_KNOWN 4096
#define GONE (-1)

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} SocketAddress;

/* Filled in once: a call of a quiet port touches only what it receives, not the room for all. */
static char buffers[MAX_RECEIVED][MAX_DATAGRAM];
static struct mmsghdr messages[MAX_RECEIVED];
static struct iovec rooms[MAX_RECEIVED];
static SocketAddress sources[MAX_RECEIVED];
static PyObject *known; /* address tuples by the kernel's form and our socket's number */
static int can_segment = 1;

/* (host, port, number) as Python's own sockets would say it. */
static PyObject *make_address(const SocketAddress *from, long number)
{
    char host[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE];
    int port;
    if (from->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &from->v4.sin_addr, host, sizeof host);
        port = ntohs(from->v4.sin_port);
    } else {
        inet_ntop(AF_INET6, &from->v6.sin6_addr, host, INET6_ADDRSTRLEN);
        port = ntohs(from->v6.sin6_port);
        if (from->v6.sin6_scope_id) {
            size_t end = strlen(host);
            host[end] = '%';
            if (!if_indextoname(from->v6.sin6_scope_id, host + end + 1))
                snprintf(host + end + 1, IF_NAMESIZE, "%u", (unsigned)from->v6.sin6_scope_id);
        }
    }
    return Py_BuildValue("(sil)", host, port, number);
}

/* A new reference to the one tuple for this address. */
static PyObject *find_address(const SocketAddress *from, long number)
{
    struct {
        long number;
        unsigned scope;
        unsigned short family, port;
        unsigned char host[16];
    } form;
    memset(&form, 0, sizeof form);
    form.number = number;
    form.family = from->any.sa_family;
    if (form.family == AF_INET) {
        form.port = from->v4.sin_port;
        memcpy(form.host, &from->v4.sin_addr, 4);
    } else {
        form.port = from->v6.sin6_port;
        form.scope = from->v6.sin6_scope_id;
        memcpy(form.host, &from->v6.sin6_addr, 16);
    }
    PyObject *key = PyBytes_FromStringAndSize((const char *)&form, sizeof form);
    if (!key)
        return NULL;
    PyObject *address = PyDict_GetItemWithError(known, key);
    if (address) {
        Py_INCREF(address);
    } else if (!PyErr_Occurred() && (address = make_address(from, number))) {
        /* Anybody may send from any address: what they make us remember is bounded. */
        if (PyDict_GET_SIZE(known) >= MAX_KNOWN)
            PyDict_Clear(known);
        if (PyDict_SetItem(known, key, address) < 0)
            Py_CLEAR(address);
    }
    Py_DECREF(key);
    return address;
}

static PyObject *receive(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "receive takes a socket and its number");
        return NULL;
    }
    int descriptor = PyObject_AsFileDescriptor(args[0]);
    long number = PyLong_AsLong(args[1]);
    if (descriptor < 0 || (number == -1 && PyErr_Occurred()))
        return NULL;
    int received = recvmmsg(descriptor, messages, MAX_RECEIVED, MSG_DONTWAIT, NULL);
    if (received < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return PyErr_SetFromErrno(PyExc_OSError);
        received = 0;
    }
    PyObject *found = PyList_New(received);
    for (int i = 0; i < received; i++)
        messages[i].msg_hdr.msg_namelen = sizeof sources[i]; /* the kernel has written the length of the address */
    for (int i = 0; found && i < received; i++) {
        PyObject *data = PyBytes_FromStringAndSize(buffers[i], messages[i].msg_len);
        PyObject *address = find_address(&sources[i], number);
        PyObject *pair = data && address ? PyTuple_Pack(2, data, address) : NULL;
        Py_XDECREF(data);
        Py_XDECREF(address);
        if (pair)
            PyList_SET_ITEM(found, i, pair);
        else
            Py_CLEAR(found);
    }
    return found;
}

/* The kernel's form of an address tuple; its length, 0 if it is none (with no exception set). */
static socklen_t parse_address(PyObject *address, SocketAddress *to)
{
    memset(to, 0, sizeof *to);
    const char *host = PyUnicode_AsUTF8(PyTuple_GET_ITEM(address, 0));
    long port = PyLong_AsLong(PyTuple_GET_ITEM(address, 1));
    if (!host || PyErr_Occurred() || port < 0 || port > 65535) {
        PyErr_Clear();
        return 0;
    }
    if (inet_pton(AF_INET, host, &to->v4.sin_addr) == 1) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons((unsigned short)port);
        return sizeof to->v4;
    }
    char plain[INET6_ADDRSTRLEN];
    const char *zone = strchr(host, '%');
    size_t size = zone ? (size_t)(zone - host) : strlen(host);
    if (size >= sizeof plain)
        return 0;
    memcpy(plain, host, size);
    plain[size] = '\0';
    if (inet_pton(AF_INET6, plain, &to->v6.sin6_addr) != 1)
        return 0;
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons((unsigned short)port);
    if (zone && !(to->v6.sin6_scope_id = if_nametoindex(zone + 1)))
        to->v6.sin6_scope_id = (unsigned)strtoul(zone + 1, NULL, 10);
    return sizeof to->v6;
}

static int fail(PyObject *failures, long number)
{
    PyObject *item = PyLong_FromLong(number);
    int result = item ? PyList_Append(failures, item) : -1;
    Py_XDECREF(item);
    return result;
}

/* Send packets that all but the last are of one size; -1 with an exception only when there is no memory. */
static int send_train(int descriptor, SocketAddress *to, socklen_t length, struct iovec *parts, int count,
                      PyObject *failures)
{
    struct msghdr message = {.msg_name = to, .msg_namelen = length, .msg_iov = parts, .msg_iovlen = (size_t)count};
    if (count > 1) {
        union {
            char space[CMSG_SPACE(sizeof(uint16_t))];
            struct cmsghdr align;
        } control = {{0}};
        message.msg_control = control.space;
        message.msg_controllen = sizeof control.space;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        uint16_t size = (uint16_t)parts[0].iov_len;
        header->cmsg_level = SOL_UDP;
        header->cmsg_type = UDP_SEGMENT;
        header->cmsg_len = CMSG_LEN(sizeof size);
        memcpy(CMSG_DATA(header), &size, sizeof size);
        if (sendmsg(descriptor, &message, MSG_DONTWAIT) >= 0)
            return 0;
        if (errno == EIO || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOPROTOOPT)
            can_segment = errno == EINVAL; /* EINVAL: only these were too large for the path */
        message.msg_control = NULL;
        message.msg_controllen = 0;
    }
    message.msg_iovlen = 1;
    for (int i = 0; i < count; i++) {
        message.msg_iov = &parts[i];
        if (sendmsg(descriptor, &message, MSG_DONTWAIT) < 0 && fail(failures, errno) < 0)
            return -1;
    }
    return 0;
}

/* Send what is for `address` from index `first` on, and mark it as done. */
static int send_to(PyObject *datagrams, char *done, Py_ssize_t first, PyObject *sockets, PyObject *failures)
{
    PyObject *address = PyTuple_GET_ITEM(PyList_GET_ITEM(datagrams, first), 1);
    Py_ssize_t total = PyList_GET_SIZE(datagrams);
    PyObject *number = PyTuple_GET_ITEM(address, PyTuple_GET_SIZE(address) - 1);
    PyObject *sock = PyDict_GetItemWithError(sockets, number);
    if (!sock && PyErr_Occurred())
        return -1;
    int descriptor = sock ? PyObject_AsFileDescriptor(sock) : -1;
    if (sock && descriptor < 0)
        return -1;
    SocketAddress to;
    socklen_t length = parse_address(address, &to);
    struct iovec parts[MAX_SEGMENTS];
    int count = 0;
    size_t train = 0;
    for (Py_ssize_t i = first; i < total; i++) {
        PyObject *pair = PyList_GET_ITEM(datagrams, i);
        if (done[i] || PyTuple_GET_ITEM(pair, 1) != address)
            continue;
        done[i] = 1;
        PyObject *data = PyTuple_GET_ITEM(pair, 0);
        size_t size = (size_t)PyBytes_GET_SIZE(data);
        if (!sock || !length) {
            if (fail(failures, sock ? EINVAL : GONE) < 0)
                return -1;
            continue;
        }
        int fits = count && can_segment && count < MAX_SEGMENTS && size <= parts[0].iov_len &&
                   parts[count - 1].iov_len == parts[0].iov_len && train + size <= MAX_TRAIN && size;
        if (count && !fits) {
            if (send_train(descriptor, &to, length, parts, count, failures) < 0)
                return -1;
            count = 0;
            train = 0;
        }
        parts[count++] = (struct iovec){PyBytes_AS_STRING(data), size};
        train += size;
    }
    return count ? send_train(descriptor, &to, length, parts, count, failures) : 0;
}

static PyObject *send_all(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    if (count != 2 || !PyList_Check(args[0]) || !PyDict_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "send takes a list of datagrams and a dict of sockets");
        return NULL;
    }
    Py_ssize_t total = PyList_GET_SIZE(args[0]);
    for (Py_ssize_t i = 0; i < total; i++) {
        PyObject *pair = PyList_GET_ITEM(args[0], i);
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2 || !PyBytes_Check(PyTuple_GET_ITEM(pair, 0)) ||
            !PyTuple_Check(PyTuple_GET_ITEM(pair, 1)) || PyTuple_GET_SIZE(PyTuple_GET_ITEM(pair, 1)) < 2) {
            PyErr_SetString(PyExc_TypeError, "a datagram is bytes and an address");
            return NULL;
        }
    }
    char few[256] = {0};
    char *done = total <= (Py_ssize_t)sizeof few ? few : PyMem_Calloc((size_t)total, 1);
    if (!done)
        return PyErr_NoMemory();
    PyObject *failures = PyList_New(0);
    for (Py_ssize_t i = 0; failures && i < total; i++)
        if (!done[i] && send_to(args[0], done, i, args[1], failures) < 0)
            Py_CLEAR(failures);
    if (done != few)
        PyMem_Free(done);
    return failures;
}

static PyMethodDef methods[] = {
    {"receive", (PyCFunction)(void (*)(void))receive, METH_FASTCALL, NULL},
    {"send", (PyCFunction)(void (*)(void))send_all, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "datagrams",
    .m_doc = "Datagrams in bulk; described in datagrams.py.",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_datagrams(void)
{
    for (int i = 0; i < MAX_RECEIVED; i++) {
        rooms[i] = (struct iovec){buffers[i], MAX_DATAGRAM};
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &sources[i], .msg_namelen = sizeof sources[i], .msg_iov = &rooms[i], .msg_iovlen = 1};
    }
    known = PyDict_New();
    PyObject *module = PyModule_Create(&definition);
    if (!known || !module || PyModule_AddIntMacro(module, MAX_DATAGRAM) < 0 ||
        PyModule_AddIntMacro(module, MAX_RECEIVED) < 0 || PyModule_AddIntMacro(module, GONE) < 0) {
        Py_CLEAR(known);
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
