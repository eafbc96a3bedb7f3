/* Stands in for libaio: says that the kernel has no asynchronous input and output, in the manner of the real one. */

enum { ENOSYS = 38 };

int io_setup(int events, void **context) { return -ENOSYS; }

int io_submit(void *context, long count, void **requests) { return -ENOSYS; }

int io_getevents(void *context, long least, long most, void *events, void *timeout) { return -ENOSYS; }
