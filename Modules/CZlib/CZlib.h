// The system's zlib, of which only its own header is needed.
#include <zlib.h>
