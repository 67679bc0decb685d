/// The pongs a connection owes: those in its output, and the one that waits for them to be written.
///
/// A peer that sends pings and reads nothing can make us keep ``Limits/maxPendingPongs`` pongs and one more, no matter
/// how many pings it sends: once so many are in the output, only the latest ping will be answered (RFC 6455 §5.5.3).
final class PendingPongs {
    /// How many pongs are in the output.
    var count = 0

    /// How many bytes of output there are up to the end of the last of them.
    var byteCount = 0

    /// The payload of the latest ping that found no room.
    var latest: Bytes?
}
