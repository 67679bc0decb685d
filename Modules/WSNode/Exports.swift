// One import for an application: the types in this module's interface come with it.
@_exported public import WSConnection
#if Compression
@_exported public import WSDeflate
#endif
@_exported public import WSFrame
@_exported public import WSHandshake
@_exported public import WSTransport

#if TLS
@_exported public import WSTLS
#endif
