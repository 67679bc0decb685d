/// What waits for many descriptors at once: epoll where there is one, poll(2) everywhere.
///
/// Level-triggered. A token says whose descriptor it is and comes back with each event; the selector never looks into
/// it beyond the slot index it needs for bookkeeping.
protocol Selector: AnyObject {
    /// Starts to watch a descriptor. Hang-up and error are reported even for an empty interest.
    func add(_ descriptor: Int32, token: SlotToken, interest: Readiness) throws(Errno)

    /// Changes the interest, or the token, of a descriptor that is watched.
    func modify(_ descriptor: Int32, token: SlotToken, interest: Readiness) throws(Errno)

    /// Stops watching a descriptor; comes before closing it.
    func remove(_ descriptor: Int32, token: SlotToken)

    /// Waits up to `milliseconds` (-1: for ever) and puts what happened into the first elements of `events`, which has
    /// `SelectorEvent.maxPerWait`. Returns how many; none when a signal came first.
    func wait(milliseconds: Int32, into events: inout [SelectorEvent]) -> Int
}
