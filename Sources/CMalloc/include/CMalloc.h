#ifndef CMALLOC_H
#define CMALLOC_H

/// Gives the heap's free pages back to the system, where the C library can; costs milliseconds in a large heap. The
/// allocator keeps them otherwise, since what was freed is often wanted again.
void memory_give_back(void);

#endif
