/* Stands in for libnuma: numa_available says that there is nothing to call the others for. */

int numa_available(void) { return -1; }

void *numa_alloc_local(unsigned long size) { return 0; }

void numa_free(void *memory, unsigned long size) {}

void *numa_get_mems_allowed(void) { return 0; }

void numa_bitmask_free(void *mask) {}

long set_mempolicy(int mode, const unsigned long *nodes, unsigned long most) { return -1; }

long mbind(void *start, unsigned long length, int mode, const unsigned long *nodes, unsigned long most, unsigned flags) {
    return -1;
}
