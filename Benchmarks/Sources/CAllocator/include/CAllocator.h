#pragma once

/// From now on what is freed stays with the process, where the C library can be told so (glibc): what is allocated again
/// costs no page fault.
void keep_freed_memory(void);
