#include "CCurl.h"

// Everything is inline in the header; SwiftPM wants one source file in a C target.
