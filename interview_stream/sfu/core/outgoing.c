/* Media on its way to one client: the twin of outgoing.py, where every class is described.
 *
 * A packet goes from its payload to a sealed datagram in the outbox without an object made in between.
 */

#include "gcm.h"
#include <structmember.h>

#include <math.h>
#include <string.h>

#define KEPT 1024
#define TOLD 2048
#define HISTORY 64
#define MAX_JUMP 1000
#define MAX_HEADER 24

static const GcmApi *gcm;
static PyObject *SrtpError, *name_protect, *name_send_rtp, *not_connected, *used_twice, *one;

/* ---- Outlet ---- */

typedef struct {
    PyObject_HEAD
    PyObject *outbox, *drops, *sender, *target;
} Outlet;

static PyObject *outlet_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *outbox, *drops;
    static char *names[] = {"outbox", "drops", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!O", names, &PyList_Type, &outbox, &drops))
        return NULL;
    Outlet *self = (Outlet *)type->tp_alloc(type, 0);
    if (self) {
        self->outbox = Py_NewRef(outbox);
        self->drops = Py_NewRef(drops);
        self->sender = Py_NewRef(Py_None);
        self->target = Py_NewRef(Py_None);
    }
    return (PyObject *)self;
}

static void outlet_dealloc(Outlet *self)
{
    Py_XDECREF(self->outbox);
    Py_XDECREF(self->drops);
    Py_XDECREF(self->sender);
    Py_XDECREF(self->target);
    Py_TYPE(self)->tp_free(self);
}

static int count_drop(Outlet *self, PyObject *cause)
{
    PyObject *before = PyObject_GetItem(self->drops, cause);
    PyObject *after = before ? PyNumber_Add(before, one) : NULL;
    int result = after ? PyObject_SetItem(self->drops, cause, after) : -1;
    Py_XDECREF(before);
    Py_XDECREF(after);
    return result;
}

/* Takes the reference to the packet over. */
static int queue(Outlet *self, PyObject *packet)
{
    PyObject *target = Py_NewRef(self->target); /* whatever a collection that the next line sets off does to it */
    PyObject *pair = packet ? PyTuple_Pack(2, packet, target) : NULL;
    int result = pair ? PyList_Append(self->outbox, pair) : -1;
    Py_DECREF(target);
    Py_XDECREF(packet);
    Py_XDECREF(pair);
    return result;
}

static int is_open(Outlet *self)
{
    return self->target && self->target != Py_None && self->sender && self->sender != Py_None;
}

static int outlet_send(Outlet *self, PyObject *header, PyObject *payload)
{
    if (!is_open(self))
        return count_drop(self, not_connected);
    PyObject *packet = PyObject_CallMethodObjArgs(self->sender, name_protect, header, payload, NULL);
    if (!packet && PyErr_ExceptionMatches(SrtpError)) {
        PyErr_Clear();
        return count_drop(self, used_twice);
    }
    return queue(self, packet);
}

static PyObject *outlet_send_rtp(Outlet *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 2) || outlet_send(self, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMemberDef outlet_members[] = {
    {"sender", T_OBJECT, offsetof(Outlet, sender), 0, NULL},
    {"target", T_OBJECT, offsetof(Outlet, target), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef outlet_methods[] = {
    {"send_rtp", (PyCFunction)(void (*)(void))outlet_send_rtp, METH_FASTCALL, NULL}, {NULL, NULL, 0, NULL}};

static PyTypeObject OutletType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "outgoing.Outlet",
    .tp_basicsize = sizeof(Outlet),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = outlet_new,
    .tp_dealloc = (destructor)outlet_dealloc,
    .tp_members = outlet_members,
    .tp_methods = outlet_methods,
};

/* ---- SentLog ---- */

typedef struct {
    PyObject_HEAD
    long long number, octets;
    double times[TOLD];
    unsigned sizes[TOLD];
} SentLog;

static PyObject *log_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {NULL};
    return PyArg_ParseTupleAndKeywords(args, keywords, "", names) ? type->tp_alloc(type, 0) : NULL;
}

static unsigned note_sent(SentLog *self, unsigned size, double now)
{
    self->times[self->number % TOLD] = now;
    self->sizes[self->number % TOLD] = size;
    self->octets += size;
    return (unsigned)(self->number++ & 0xFFFF);
}

static PyObject *log_send(SentLog *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 2))
        return NULL;
    unsigned long size = PyLong_AsUnsignedLong(args[0]);
    double now = PyFloat_AsDouble(args[1]);
    return PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(note_sent(self, (unsigned)size, now));
}

static PyObject *log_settle(SentLog *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 3))
        return NULL;
    long first = PyLong_AsLong(args[0]);
    if (first == -1 && PyErr_Occurred())
        return NULL;
    if (!PyList_Check(args[1]) || !PyList_Check(args[2]) || PyList_GET_SIZE(args[1]) != PyList_GET_SIZE(args[2])) {
        PyErr_SetString(PyExc_ValueError, "Offsets and times are lists of one length.");
        return NULL;
    }
    long long start = self->number - ((self->number - first) & 0xFFFF), octets = 0;
    double shortest = Py_HUGE_VAL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(args[1]); i++) {
        long long number = start + PyLong_AsLong(PyList_GET_ITEM(args[1], i));
        double at = PyFloat_AsDouble(PyList_GET_ITEM(args[2], i));
        if (PyErr_Occurred())
            return NULL;
        if (number < 0 || number < self->number - TOLD || number >= self->number)
            continue;
        octets += self->sizes[number % TOLD];
        self->sizes[number % TOLD] = 0;
        shortest = fmin(shortest, at - self->times[number % TOLD]);
    }
    return Py_BuildValue("(Ld)", octets, shortest);
}

static PyMemberDef log_members[] = {
    {"number", T_LONGLONG, offsetof(SentLog, number), READONLY, NULL},
    {"octets", T_LONGLONG, offsetof(SentLog, octets), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef log_methods[] = {
    {"send", (PyCFunction)(void (*)(void))log_send, METH_FASTCALL, NULL},
    {"settle", (PyCFunction)(void (*)(void))log_settle, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject SentLogType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "outgoing.SentLog",
    .tp_basicsize = sizeof(SentLog),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = log_new,
    .tp_members = log_members,
    .tp_methods = log_methods,
};

/* ---- VP8: the twin of what wire/vp8.py knows of descriptors (RFC 7741 section 4.2); -1 where a field is absent ---- */

typedef struct {
    int picture_id, tl0_index, key_index;
    Py_ssize_t picture_at, tl0_at, key_at; /* where the fields are */
    int is_wide;                           /* the picture has 15 bits */
} Vp8;

static Vp8 read_vp8(PyObject *payload)
{
    Vp8 found = {-1, -1, -1, 0, 0, 0, 0};
    const unsigned char *data = (const unsigned char *)PyBytes_AS_STRING(payload);
    Py_ssize_t size = PyBytes_GET_SIZE(payload), at = 2;
    if (size < 2 || !(data[0] & 0x80)) /* without extension */
        return found;
    int flags = data[1];
    if (flags & 0x80 && at < size && at + (data[at] >> 7) < size) {
        found.picture_at = at;
        found.is_wide = data[at] >> 7;
        found.picture_id = found.is_wide ? (int)(get16(data + at) & 0x7FFF) : data[at];
        at += 1 + found.is_wide;
    }
    if (flags & 0x40 && at < size) {
        found.tl0_at = at;
        found.tl0_index = data[at++];
    }
    if (flags & 0x10 && at < size) {
        found.key_at = at;
        found.key_index = data[at] & 0x1F;
    }
    return found;
}

/* ---- OutgoingStream ---- */

/* What goes out: the source's own payload, which all subscribers share, and the numbers that are this stream's. */
typedef struct {
    PyObject *payload; /* NULL for none */
    uint32_t timestamp;
    uint16_t sequence;
    uint16_t picture; /* what is added to the id of its picture; tl0 and key to its other numbers, modulo their widths */
    uint8_t tl0, key, kind;
} Packet;

typedef struct {
    PyObject_HEAD
    PyObject *sink;
    SentLog *log;
    uint32_t ssrc, rtx_ssrc, transport, held;
    int payload_type, rtx_payload_type;
    long long packets, octets;
    /* SequenceMap */
    long long next, newest, offset;
    struct {
        long long start, offset;
    } history[HISTORY];
    unsigned turns; /* entries ever made in it since it was cleared */
    unsigned rtx_sequence;
    /* TimestampMap */
    long long clock_rate;
    int has_time;
    uint32_t last_time, time_offset;
    double last_at;
    /* PictureMap */
    PyObject *picture; /* a payload of the newest; NULL before the first */
    long long picture_offset, tl0_offset, key_offset;
    Packet *kept;
    /* What the numbers of this stream and of its repetitions are counted in, as long as the sender is this one. */
    PyObject *sender;
    UsedNumbers *used, *rtx_used;
} OutgoingStream;

static PyTypeObject OutgoingStreamType;

static PyObject *stream_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *sink, *log;
    long long clock_rate;
    unsigned ssrc, rtx_ssrc, first, rtx_first;
    static char *names[] = {"sink", "log", "clock_rate", "ssrcs", "first", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOL(II)(II)", names, &sink, &log, &clock_rate, &ssrc, &rtx_ssrc,
                                     &first, &rtx_first))
        return NULL;
    if (log != Py_None && !Py_IS_TYPE(log, &SentLogType)) {
        PyErr_SetString(PyExc_TypeError, "the log is a SentLog, or None");
        return NULL;
    }
    OutgoingStream *self = (OutgoingStream *)type->tp_alloc(type, 0);
    if (self) {
        self->sink = Py_NewRef(sink);
        self->log = log == Py_None ? NULL : (SentLog *)Py_NewRef(log);
        self->clock_rate = clock_rate;
        self->ssrc = ssrc;
        self->rtx_ssrc = rtx_ssrc;
        self->next = first;
        self->newest = -1;
        self->rtx_sequence = rtx_first;
    }
    return (PyObject *)self;
}

static void forget(OutgoingStream *self)
{
    for (int i = 0; self->kept && i < KEPT; i++)
        Py_CLEAR(self->kept[i].payload);
}

static int stream_traverse(OutgoingStream *self, visitproc visit, void *arg)
{
    Py_VISIT(self->sink); /* a recording holds the stream that feeds it */
    return 0;
}

static int stream_clear(OutgoingStream *self)
{
    Py_CLEAR(self->sink);
    return 0;
}

static void stream_dealloc(OutgoingStream *self)
{
    PyObject_GC_UnTrack(self);
    forget(self);
    PyMem_Free(self->kept);
    Py_XDECREF(self->picture);
    Py_XDECREF(self->sink);
    Py_XDECREF(self->log);
    Py_XDECREF(self->sender);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *stream_keep(OutgoingStream *self, PyObject *nothing)
{
    (void)nothing;
    if (!self->kept && !(self->kept = PyMem_Calloc(KEPT, sizeof *self->kept)))
        return PyErr_NoMemory();
    forget(self);
    Py_RETURN_NONE;
}

/* What went out under a number; NULL if it is not remembered, or with an exception. */
static const Packet *find_kept(const OutgoingStream *self, PyObject *sequence)
{
    long number = PyLong_AsLong(sequence);
    const Packet *found = self->kept ? &self->kept[number & (KEPT - 1)] : NULL;
    return found && found->payload && found->sequence == (number & 0xFFFF) && !PyErr_Occurred() ? found : NULL;
}

static PyObject *stream_kept(OutgoingStream *self, PyObject *sequence)
{
    const Packet *found = find_kept(self, sequence);
    if (PyErr_Occurred())
        return NULL;
    return found ? PyLong_FromUnsignedLong(found->timestamp) : Py_NewRef(Py_None);
}

static void start_sequence(OutgoingStream *self, long long number)
{
    self->offset = number - self->next;
    self->newest = number - 1;
    self->history[0].start = number;
    self->history[0].offset = self->offset;
    self->turns = 1;
}

/* The outgoing number, or -1 for a late packet of a source that is over. */
static int map_sequence(OutgoingStream *self, long long number)
{
    if (number > self->newest) {
        if (number - self->newest > MAX_JUMP)
            start_sequence(self, number);
        self->newest = number;
        self->next = number - self->offset + 1;
        return (int)((number - self->offset) & 0xFFFF);
    }
    for (unsigned back = 1; back <= self->turns && back <= HISTORY; back++) {
        unsigned at = (self->turns - back) % HISTORY;
        if (number >= self->history[at].start)
            return (int)((number - self->history[at].offset) & 0xFFFF);
    }
    return -1;
}

static PyObject *stream_skip(OutgoingStream *self, PyObject *argument)
{
    long long number = PyLong_AsLongLong(argument);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    if (number > self->newest) {
        self->next = number - self->offset;
        self->newest = number;
        self->offset++;
        self->history[self->turns % HISTORY].start = number + 1;
        self->history[self->turns % HISTORY].offset = self->offset;
        self->turns++;
    }
    Py_RETURN_NONE;
}

static void start_time(OutgoingStream *self, uint32_t timestamp, int has_same, uint32_t same, double now)
{
    if (!self->has_time)
        return;
    long long passed = (long long)((now - self->last_at) * (double)self->clock_rate);
    uint32_t chosen = self->last_time + (uint32_t)(passed > 1 ? passed : 1);
    if (has_same) {
        long long apart = (int32_t)(same + self->time_offset - chosen);
        if (apart > -self->clock_rate && apart < self->clock_rate)
            chosen = same + self->time_offset;
    }
    if ((int32_t)(chosen - self->last_time) <= 0)
        chosen = self->last_time + 1;
    self->time_offset = chosen - timestamp;
}

static long long after(int last, int first, long long offset)
{
    return last < 0 || first < 0 ? 0 : last + offset + 1 - first;
}

static void start_picture(OutgoingStream *self, Vp8 first)
{
    if (!self->picture)
        return;
    Vp8 last = read_vp8(self->picture);
    self->picture_offset = after(last.picture_id, first.picture_id, self->picture_offset);
    self->tl0_offset = after(last.tl0_index, first.tl0_index, self->tl0_offset);
    self->key_offset = after(last.key_index, first.key_index, self->key_offset);
}

static PyObject *stream_start(OutgoingStream *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 6) || !is_bytes(args[3]))
        return NULL;
    long long number = PyLong_AsLongLong(args[0]);
    uint32_t timestamp = (uint32_t)PyLong_AsUnsignedLongMask(args[1]);
    int has_same = args[4] != Py_None;
    uint32_t same = has_same ? (uint32_t)PyLong_AsUnsignedLongMask(args[4]) : 0;
    double now = PyFloat_AsDouble(args[5]);
    if (PyErr_Occurred())
        return NULL;
    start_time(self, timestamp, has_same, same, now);
    start_sequence(self, number);
    if (args[2] != Py_None)
        start_picture(self, read_vp8(args[3]));
    Py_RETURN_NONE;
}

/* The header, with extensions (RFC 8285 section 4.2); its size. */
static int make_header(OutgoingStream *self, unsigned char *header, const Packet *packet, int is_repeated, double now)
{
    uint32_t words[2];
    int count = 0;
    if (self->held)
        words[count++] = self->held;
    if (self->transport && self->log)
        words[count++] = self->transport | note_sent(self->log, (unsigned)PyBytes_GET_SIZE(packet->payload), now) << 8;
    header[0] = count ? 0x90 : 0x80;
    header[1] = is_repeated ? (packet->kind & 0x80) | (unsigned char)self->rtx_payload_type : packet->kind;
    put16(header + 2, is_repeated ? self->rtx_sequence : packet->sequence);
    put32(header + 4, packet->timestamp);
    put32(header + 8, is_repeated ? self->rtx_ssrc : self->ssrc);
    if (!count)
        return 12;
    put16(header + 12, 0xBEDE);
    put16(header + 14, (unsigned)count);
    for (int i = 0; i < count; i++)
        put32(header + 16 + 4 * i, words[i]);
    return 16 + 4 * count;
}

/* Whether its body is the source's own payload, octet for octet. */
static int is_as_it_came(const Packet *packet, int is_repeated)
{
    return !is_repeated && !packet->picture && !packet->tl0 && !packet->key;
}

/* The body: of a repetition, its own number comes before its payload (RFC 4588 section 4). */
static void put_body(unsigned char *at, const Packet *packet, int is_repeated)
{
    if (is_repeated) {
        put16(at, packet->sequence);
        at += 2;
    }
    memcpy(at, PyBytes_AS_STRING(packet->payload), (size_t)PyBytes_GET_SIZE(packet->payload));
    if (is_as_it_came(packet, 0))
        return;
    Vp8 found = read_vp8(packet->payload);
    if (found.picture_id >= 0 && found.is_wide)
        put16(at + found.picture_at, 0x8000 | ((unsigned)found.picture_id + packet->picture));
    else if (found.picture_id >= 0)
        at[found.picture_at] = ((unsigned)found.picture_id + packet->picture) & 0x7F;
    if (found.tl0_index >= 0)
        at[found.tl0_at] += packet->tl0;
    if (found.key_index >= 0)
        at[found.key_at] = (at[found.key_at] & 0xE0) | (((unsigned)found.key_index + packet->key) & 0x1F);
}

static int send_sealed(OutgoingStream *self, Outlet *outlet, const unsigned char *header, int header_size,
                       const Packet *packet, int is_repeated)
{
    PyObject *sender = outlet->sender;
    unsigned sequence = get16(header + 2);
    uint32_t ssrc = get32(header + 8);
    if (self->sender != sender) {
        Py_INCREF(sender);
        Py_XSETREF(self->sender, sender);
        self->used = self->rtx_used = NULL;
    }
    UsedNumbers **used = is_repeated ? &self->rtx_used : &self->used;
    if (!*used && !(*used = gcm->find_used(sender, ssrc, sequence)))
        return -1;
    long long index = gcm->use_number(*used, sequence);
    if (index < 0)
        return count_drop(outlet, used_twice);
    int size = (int)PyBytes_GET_SIZE(packet->payload) + 2 * is_repeated;
    PyObject *sealed = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)header_size + size + TAG);
    if (!sealed)
        return -1;
    unsigned char *out = (unsigned char *)PyBytes_AS_STRING(sealed), *body = out + header_size;
    const unsigned char *plain = (unsigned char *)PyBytes_AS_STRING(packet->payload);
    memcpy(out, header, (size_t)header_size);
    if (!is_as_it_came(packet, is_repeated)) {
        put_body(body, packet, is_repeated);
        plain = body;
    }
    if (gcm->seal(sender, ssrc, index, out, header_size, plain, size, body) < 0)
        Py_CLEAR(sealed);
    return queue(outlet, sealed);
}

/* The packet, or a repetition of it. */
static int emit(OutgoingStream *self, const Packet *packet, int is_repeated, double now)
{
    unsigned char header[MAX_HEADER];
    int size = make_header(self, header, packet, is_repeated, now);
    if (!self->sink) /* being taken apart */
        return 0;
    Outlet *outlet = Py_IS_TYPE(self->sink, &OutletType) ? (Outlet *)self->sink : NULL;
    if (outlet && !is_open(outlet))
        return count_drop(outlet, not_connected);
    if (outlet && Py_IS_TYPE(outlet->sender, gcm->sender))
        return send_sealed(self, outlet, header, size, packet, is_repeated);
    int result = -1;
    PyObject *head = PyBytes_FromStringAndSize((char *)header, size), *body = NULL;
    if (is_as_it_came(packet, is_repeated))
        body = Py_NewRef(packet->payload);
    else if ((body = PyBytes_FromStringAndSize(NULL, PyBytes_GET_SIZE(packet->payload) + 2 * is_repeated)))
        put_body((unsigned char *)PyBytes_AS_STRING(body), packet, is_repeated);
    if (head && body && outlet) {
        result = outlet_send(outlet, head, body);
    } else if (head && body) {
        PyObject *none = PyObject_CallMethodObjArgs(self->sink, name_send_rtp, head, body, NULL);
        result = none ? 0 : -1;
        Py_XDECREF(none);
    }
    Py_XDECREF(head);
    Py_XDECREF(body);
    return result;
}

static PyObject *stream_send(OutgoingStream *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 6) || !is_bytes(args[4]))
        return NULL;
    long long number = PyLong_AsLongLong(args[0]);
    uint32_t timestamp = (uint32_t)PyLong_AsUnsignedLongMask(args[1]);
    int marker = PyObject_IsTrue(args[2]);
    double now = PyFloat_AsDouble(args[5]);
    if (marker < 0 || PyErr_Occurred())
        return NULL;
    int is_newest = number > self->newest;
    int sequence = map_sequence(self, number);
    if (sequence < 0)
        Py_RETURN_NONE;
    Packet packet = {.payload = args[4], .timestamp = timestamp + self->time_offset, .sequence = (uint16_t)sequence};
    packet.kind = (uint8_t)(self->payload_type | marker << 7);
    if (is_newest) {
        self->has_time = 1;
        self->last_time = packet.timestamp;
        self->last_at = now;
    }
    if (args[3] != Py_None) {
        packet.picture = (uint16_t)self->picture_offset;
        packet.tl0 = (uint8_t)self->tl0_offset;
        packet.key = (uint8_t)self->key_offset;
        if (is_newest)
            Py_XSETREF(self->picture, Py_NewRef(args[4]));
    }
    if (self->kept) {
        Packet *entry = &self->kept[sequence % KEPT];
        Py_INCREF(packet.payload);
        Py_XDECREF(entry->payload);
        *entry = packet;
    }
    self->packets++;
    self->octets += PyBytes_GET_SIZE(packet.payload);
    if (emit(self, &packet, 0, now) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *stream_repeat(OutgoingStream *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 2))
        return NULL;
    double now = PyFloat_AsDouble(args[1]);
    const Packet *found = PyErr_Occurred() ? NULL : find_kept(self, args[0]);
    if (!found)
        return PyErr_Occurred() ? NULL : PyLong_FromLong(0);
    Packet packet = *found; /* what takes it may forget it */
    Py_INCREF(packet.payload);
    self->rtx_sequence = (self->rtx_sequence + 1) & 0xFFFF;
    int result = emit(self, &packet, 1, now);
    PyObject *size = result < 0 ? NULL : PyLong_FromSsize_t(PyBytes_GET_SIZE(packet.payload));
    Py_DECREF(packet.payload);
    return size;
}

static PyObject *stream_map_time(OutgoingStream *self, PyObject *timestamp)
{
    uint32_t mapped = (uint32_t)PyLong_AsUnsignedLongMask(timestamp) + self->time_offset;
    return PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(mapped);
}

static PyObject *stream_last(OutgoingStream *self, void *nothing)
{
    (void)nothing;
    return PyLong_FromLong((long)((self->next - 1) & 0xFFFF));
}

static PyMemberDef stream_members[] = {
    {"ssrc", T_UINT, offsetof(OutgoingStream, ssrc), READONLY, NULL},
    {"rtx_ssrc", T_UINT, offsetof(OutgoingStream, rtx_ssrc), READONLY, NULL},
    {"payload_type", T_INT, offsetof(OutgoingStream, payload_type), 0, NULL},
    {"rtx_payload_type", T_INT, offsetof(OutgoingStream, rtx_payload_type), 0, NULL},
    {"transport", T_UINT, offsetof(OutgoingStream, transport), 0, NULL},
    {"held", T_UINT, offsetof(OutgoingStream, held), 0, NULL},
    {"packets", T_LONGLONG, offsetof(OutgoingStream, packets), READONLY, NULL},
    {"octets", T_LONGLONG, offsetof(OutgoingStream, octets), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef stream_properties[] = {{"last", (getter)stream_last, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};

static PyMethodDef stream_methods[] = {
    {"keep", (PyCFunction)stream_keep, METH_NOARGS, NULL},
    {"kept", (PyCFunction)stream_kept, METH_O, NULL},
    {"start", (PyCFunction)(void (*)(void))stream_start, METH_FASTCALL, NULL},
    {"skip", (PyCFunction)stream_skip, METH_O, NULL},
    {"send", (PyCFunction)(void (*)(void))stream_send, METH_FASTCALL, NULL},
    {"repeat", (PyCFunction)(void (*)(void))stream_repeat, METH_FASTCALL, NULL},
    {"map_time", (PyCFunction)stream_map_time, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject OutgoingStreamType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "outgoing.OutgoingStream",
    .tp_basicsize = sizeof(OutgoingStream),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = stream_new,
    .tp_dealloc = (destructor)stream_dealloc,
    .tp_traverse = (traverseproc)stream_traverse,
    .tp_clear = (inquiry)stream_clear,
    .tp_members = stream_members,
    .tp_getset = stream_properties,
    .tp_methods = stream_methods,
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "outgoing",
    .m_doc = "Media on its way to one client; described in outgoing.py.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit_outgoing(void)
{
    PyObject *api = import("interview_stream.sfu.core.gcm", "_api"); /* kept, as what it points to is used for good */
    gcm = api ? PyCapsule_GetPointer(api, "gcm._api") : NULL;
    SrtpError = import("interview_stream.sfu.errors", "SrtpError");
    name_protect = PyUnicode_InternFromString("protect");
    name_send_rtp = PyUnicode_InternFromString("send_rtp");
    not_connected = PyUnicode_InternFromString("not connected");
    used_twice = PyUnicode_InternFromString("number used twice");
    one = PyLong_FromLong(1);
    if (!gcm || !SrtpError || !name_protect || !name_send_rtp || !not_connected || !used_twice || !one)
        return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (!module || PyModule_AddIntMacro(module, KEPT) < 0 || PyModule_AddIntMacro(module, TOLD) < 0 ||
        PyModule_AddType(module, &OutletType) < 0 || PyModule_AddType(module, &SentLogType) < 0 ||
        PyModule_AddType(module, &OutgoingStreamType) < 0)
        Py_CLEAR(module);
    return module;
}
