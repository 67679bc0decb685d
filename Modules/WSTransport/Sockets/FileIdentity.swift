/// What makes a file this file and no other of the same path: its device and inode.
struct FileIdentity: Equatable {
    var device: UInt64
    var inode: UInt64
}
