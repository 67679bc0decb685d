// What the tests need of libc beyond the headers that CSystem hands on.
#if canImport(Glibc)
@_exported import Glibc
#elseif canImport(Musl)
@_exported import Musl
#endif
