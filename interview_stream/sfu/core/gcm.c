/* AES-GCM for media: the twin of gcm.py, where both classes are described. Encryption is OpenSSL's. */

#include "gcm.h"
#include <structmember.h>

#include <openssl/evp.h>
#include <string.h>

#define MAX_STREAMS 256

static PyObject *SrtpError;

/* The twin of rtp.extend: the unwrapped number closest to `near` whose low 16 bits are `value`. */
static long long extend(unsigned value, long long near)
{
    return near + ((value - near + 0x8000) & 0xFFFF) - 0x8000;
}

/* ---- UsedNumbers ---- */

static uint64_t *word_of(UsedNumbers *used, long long index)
{
    return &used->skipped[(uint64_t)index % WINDOW / 64];
}

static uint64_t bit_of(long long index)
{
    return (uint64_t)1 << ((uint64_t)index % 64);
}

static long long use_number(UsedNumbers *used, unsigned sequence)
{
    long long before = used->highest;
    long long index = extend(sequence, before);
    if (index > before) {
        if (index - before > WINDOW) {
            memset(used->skipped, 0xFF, sizeof used->skipped);
        } else {
            *word_of(used, before) &= ~bit_of(before); /* until now it stood for the oldest of the window */
            for (long long each = before + 1; each < index; each++)
                *word_of(used, each) |= bit_of(each);
        }
        used->highest = index;
        return index;
    }
    if (index == before || index < before - WINDOW || !(*word_of(used, index) & bit_of(index)))
        return -1;
    *word_of(used, index) &= ~bit_of(index);
    return index;
}

static void free_used(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, NULL));
}

/* ---- GcmSender ---- */

typedef struct {
    PyObject_HEAD
    EVP_CIPHER_CTX *context;
    unsigned char salt[12];
    PyObject *streams; /* by SSRC: capsules of UsedNumbers, none of which is ever removed; or the highest indexes */
} Gcm;

typedef Gcm GcmSender, GcmReceiver;

static PyTypeObject GcmSenderType, GcmReceiverType;

static PyObject *gcm_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    const char *key, *salt;
    Py_ssize_t key_size, salt_size;
    static char *names[] = {"key", "salt", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y#y#", names, &key, &key_size, &salt, &salt_size))
        return NULL;
    if ((key_size != 16 && key_size != 32) || salt_size != 12) {
        PyErr_SetString(PyExc_ValueError, "A key has 16 or 32 bytes and a salt 12.");
        return NULL;
    }
    Gcm *self = (Gcm *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    memcpy(self->salt, salt, sizeof self->salt);
    self->streams = PyDict_New();
    self->context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *cipher = key_size == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(); /* both with 12 octets of nonce */
    int encrypts = type == &GcmSenderType;
    if (!self->context ||
        EVP_CipherInit_ex(self->context, cipher, NULL, (const unsigned char *)key, NULL, encrypts) != 1)
        PyErr_SetString(PyExc_RuntimeError, "OpenSSL has no AES-GCM.");
    if (!self->streams || PyErr_Occurred())
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* The nonce is 0, SSRC, roll-over counter and sequence number, mixed with the salt (RFC 7714 section 8.1). */
static int set_nonce(Gcm *self, uint32_t ssrc, long long index)
{
    unsigned char nonce[12] = {0};
    put32(nonce + 2, ssrc);
    put16(nonce + 6, (unsigned)(index >> 32) & 0xFFFF);
    put32(nonce + 8, (uint32_t)index);
    for (size_t i = 0; i < sizeof nonce; i++)
        nonce[i] ^= self->salt[i];
    return EVP_CipherInit_ex(self->context, NULL, NULL, NULL, nonce, -1) == 1;
}

static void gcm_dealloc(Gcm *self)
{
    EVP_CIPHER_CTX_free(self->context);
    Py_XDECREF(self->streams);
    Py_TYPE(self)->tp_free(self);
}

static UsedNumbers *find_used(PyObject *sender, uint32_t ssrc, unsigned sequence)
{
    GcmSender *self = (GcmSender *)sender;
    UsedNumbers *used = NULL;
    PyObject *key = PyLong_FromUnsignedLong(ssrc);
    PyObject *capsule = key ? PyDict_GetItemWithError(self->streams, key) : NULL;
    if (capsule) {
        used = PyCapsule_GetPointer(capsule, NULL);
    } else if (key && !PyErr_Occurred() && (used = PyMem_Calloc(1, sizeof *used))) {
        used->highest = (long long)sequence - 1;
        capsule = PyCapsule_New(used, NULL, free_used);
        if (!capsule)
            PyMem_Free(used);
        if (!capsule || PyDict_SetItem(self->streams, key, capsule) < 0)
            used = NULL;
        Py_XDECREF(capsule);
    } else if (!PyErr_Occurred()) {
        PyErr_NoMemory();
    }
    Py_XDECREF(key);
    return used;
}

static int seal(PyObject *sender, uint32_t ssrc, long long index, const unsigned char *header, int header_size,
                const unsigned char *plain, int size, unsigned char *sealed)
{
    GcmSender *self = (GcmSender *)sender;
    int written;
    if (set_nonce(self, ssrc, index) &&
        EVP_EncryptUpdate(self->context, NULL, &written, header, header_size) == 1 &&
        (!size || EVP_EncryptUpdate(self->context, sealed, &written, plain, size) == 1) &&
        EVP_EncryptFinal_ex(self->context, sealed + size, &written) == 1 &&
        EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_GET_TAG, TAG, sealed + size) == 1)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "OpenSSL could not encrypt a packet.");
    return -1;
}

static PyObject *gcm_protect(GcmSender *self, PyObject *const *args, Py_ssize_t count)
{
    if (!has(count, 2) || !is_bytes(args[0]) || !is_bytes(args[1]))
        return NULL;
    const unsigned char *header = (const unsigned char *)PyBytes_AS_STRING(args[0]);
    Py_ssize_t header_size = PyBytes_GET_SIZE(args[0]), size = PyBytes_GET_SIZE(args[1]);
    if (header_size < 12) {
        PyErr_SetString(PyExc_ValueError, "An RTP header has 12 bytes at least.");
        return NULL;
    }
    unsigned sequence = get16(header + 2);
    UsedNumbers *used = find_used((PyObject *)self, get32(header + 8), sequence);
    if (!used)
        return NULL;
    long long index = use_number(used, sequence);
    if (index < 0) {
        PyErr_SetString(SrtpError, "An RTP sequence number would be used twice.");
        return NULL;
    }
    PyObject *packet = PyBytes_FromStringAndSize(NULL, header_size + size + TAG);
    if (!packet)
        return NULL;
    unsigned char *out = (unsigned char *)PyBytes_AS_STRING(packet);
    memcpy(out, header, (size_t)header_size);
    if (seal((PyObject *)self, get32(header + 8), index, out, (int)header_size, (unsigned char *)PyBytes_AS_STRING(args[1]),
             (int)size, out + header_size) < 0)
        Py_CLEAR(packet);
    return packet;
}

static PyMethodDef gcm_methods[] = {
    {"protect", (PyCFunction)(void (*)(void))gcm_protect, METH_FASTCALL, NULL}, {NULL, NULL, 0, NULL}};

static PyTypeObject GcmSenderType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "gcm.GcmSender",
    .tp_basicsize = sizeof(GcmSender),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = gcm_new,
    .tp_dealloc = (destructor)gcm_dealloc,
    .tp_methods = gcm_methods,
};

/* ---- GcmReceiver ---- */

static PyObject *refuse(const char *why)
{
    PyErr_SetString(SrtpError, why);
    return NULL;
}

/* How long a header with its extension is; 0 if it is longer than the packet. */
static Py_ssize_t header_size_of(const unsigned char *data, Py_ssize_t size)
{
    Py_ssize_t start = 12;
    if (size < start)
        return 0;
    start += 4 * (data[0] & 15);
    if (data[0] & 0x10) {
        start += 4;
        if (size >= start)
            start += 4 * (Py_ssize_t)get16(data + start - 2);
    }
    return size < start ? 0 : start;
}

static int decrypt(GcmReceiver *self, uint32_t ssrc, long long index, const unsigned char *data, int header_size,
                   int size, unsigned char *plain)
{
    unsigned char tag[TAG], *end = plain + size;
    int written;
    memcpy(tag, data + header_size + size, TAG);
    return set_nonce(self, ssrc, index) &&
           EVP_DecryptUpdate(self->context, NULL, &written, data, header_size) == 1 &&
           (!size || EVP_DecryptUpdate(self->context, plain, &written, data + header_size, size) == 1) &&
           EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
           EVP_DecryptFinal_ex(self->context, end, &written) == 1;
}

/* The highest index of a stream so far, -1 for a new one, -2 with an exception. */
static long long highest_of(GcmReceiver *self, PyObject *ssrc)
{
    PyObject *found = PyDict_GetItemWithError(self->streams, ssrc);
    if (found)
        return PyLong_AsLongLong(found);
    return PyErr_Occurred() ? -2 : -1;
}

static int note(GcmReceiver *self, PyObject *ssrc, long long highest, long long index)
{
    PyObject *oldest;
    Py_ssize_t first = 0;
    if (index <= highest)
        return 0;
    if (highest < 0 && PyDict_GET_SIZE(self->streams) >= MAX_STREAMS &&
        PyDict_Next(self->streams, &first, &oldest, NULL) && PyDict_DelItem(self->streams, oldest) < 0)
        return -1;
    PyObject *value = PyLong_FromLongLong(index);
    int result = value ? PyDict_SetItem(self->streams, ssrc, value) : -1;
    Py_XDECREF(value);
    return result;
}

static PyObject *gcm_open(GcmReceiver *self, PyObject *argument)
{
    if (!is_bytes(argument))
        return NULL;
    const unsigned char *data = (const unsigned char *)PyBytes_AS_STRING(argument);
    Py_ssize_t header_size = header_size_of(data, PyBytes_GET_SIZE(argument));
    if (!header_size)
        return refuse("An SRTP packet is shorter than its header.");
    Py_ssize_t size = PyBytes_GET_SIZE(argument) - header_size - TAG;
    if (size < 0)
        return refuse("An SRTP packet is not authentic.");
    PyObject *ssrc = PyLong_FromUnsignedLong(get32(data + 8));
    long long highest = ssrc ? highest_of(self, ssrc) : -2;
    PyObject *payload = highest > -2 ? PyBytes_FromStringAndSize(NULL, size) : NULL, *header = NULL;
    if (payload) {
        unsigned sequence = get16(data + 2);
        long long index = highest < 0 ? sequence : extend(sequence, highest);
        if (index < 0) /* the roll-over counter begins at 0, and there is none below */
            index = sequence;
        unsigned char *plain = (unsigned char *)PyBytes_AS_STRING(payload);
        if (!decrypt(self, get32(data + 8), index, data, (int)header_size, (int)size, plain))
            refuse("An SRTP packet is not authentic.");
        else if (note(self, ssrc, highest, index) == 0)
            header = PyBytes_FromStringAndSize((const char *)data, header_size);
    }
    PyObject *both = header ? PyTuple_Pack(2, header, payload) : NULL;
    Py_XDECREF(ssrc);
    Py_XDECREF(header);
    Py_XDECREF(payload);
    return both;
}

static PyMemberDef receiver_members[] = {
    {"streams", T_OBJECT, offsetof(GcmReceiver, streams), READONLY, NULL}, {NULL, 0, 0, 0, NULL}};

static PyMethodDef receiver_methods[] = {{"open", (PyCFunction)gcm_open, METH_O, NULL}, {NULL, NULL, 0, NULL}};

static PyTypeObject GcmReceiverType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "gcm.GcmReceiver",
    .tp_basicsize = sizeof(GcmReceiver),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = gcm_new,
    .tp_dealloc = (destructor)gcm_dealloc,
    .tp_members = receiver_members,
    .tp_methods = receiver_methods,
};

static const GcmApi api = {&GcmSenderType, find_used, use_number, seal};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "gcm",
    .m_doc = "AES-GCM for media; described in gcm.py.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit_gcm(void)
{
    SrtpError = import("interview_stream.sfu.errors", "SrtpError");
    PyObject *module = SrtpError ? PyModule_Create(&definition) : NULL;
    PyObject *capsule = module ? PyCapsule_New((void *)&api, "gcm._api", NULL) : NULL;
    if (!capsule || PyModule_AddObjectRef(module, "_api", capsule) < 0 ||
        PyModule_AddType(module, &GcmSenderType) < 0 || PyModule_AddType(module, &GcmReceiverType) < 0)
        Py_CLEAR(module);
    Py_XDECREF(capsule);
    return module;
}
