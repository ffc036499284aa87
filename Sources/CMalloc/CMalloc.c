#include "CMalloc.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

void memory_give_back(void) {
    malloc_trim(0);
}

void memory_keep_large_blocks_apart(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
}
#else
void memory_give_back(void) {
}

void memory_keep_large_blocks_apart(void) {
}
#endif
