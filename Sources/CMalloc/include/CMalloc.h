#ifndef CMALLOC_H
#define CMALLOC_H

/// Gives the heap's free pages back to the system, where the C library can; costs milliseconds in a large heap. The
/// allocator keeps them otherwise, since what was freed is often wanted again.
void memory_give_back(void);

/// Keeps every block of a megabyte and more in pages of its own, which go back to the system when it is freed. glibc's limit
/// grows up to 32 MiB with what is freed; then a reply of ten megabytes leaves holes in the heap that nothing can fill. For
/// a process that lives long: before its first large block.
void memory_keep_large_blocks_apart(void);

#endif
