#include "CMalloc.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

void memory_give_back(void) {
    malloc_trim(0);
}
#else
void memory_give_back(void) {
}
#endif
