import CSystem

/// poll(2), which every system has: the whole set goes to the kernel at each wait.
final class PollSelector: Selector {
    private var descriptors: [pollfd] = []

    /// The token of each element of `descriptors`.
    private var tokens: [SlotToken] = []

    /// Where a slot's descriptor stands in the two arrays above, by slot index; -1 where it is not watched.
    private var positions: [Int32] = []

    /// Where the next wait starts to look.
    private var next = 0

    func add(_ descriptor: Int32, token: SlotToken, interest: Readiness) throws(Errno) {
        let index = Int(token.index)
        if index >= positions.count {
            positions.append(contentsOf: repeatElement(-1, count: index + 1 - positions.count))
        }
        positions[index] = Int32(descriptors.count)
        descriptors.append(pollfd(fd: descriptor, events: interest.pollEvents, revents: 0))
        tokens.append(token)
    }

    func modify(_ descriptor: Int32, token: SlotToken, interest: Readiness) throws(Errno) {
        guard let position = position(of: token) else { return }
        descriptors[position].events = interest.pollEvents
        tokens[position] = token
    }

    func remove(_ descriptor: Int32, token: SlotToken) {
        guard let position = position(of: token) else { return }
        positions[Int(token.index)] = -1
        let last = descriptors.count - 1
        if position != last {
            descriptors[position] = descriptors[last]
            tokens[position] = tokens[last]
            positions[Int(tokens[position].index)] = Int32(position)
        }
        descriptors.removeLast()
        tokens.removeLast()
    }

    func wait(milliseconds: Int32, into events: inout [SelectorEvent]) -> Int {
        guard let ready = try? SystemCalls.poll(&descriptors, milliseconds: milliseconds), ready > 0 else { return 0 }
        var count = 0
        // Where the last wait stopped, this one starts: nobody is left out for good when more are ready than fit.
        let start = next < descriptors.count ? next : 0
        for positions in [start..<descriptors.count, 0..<start] {
            for position in positions where descriptors[position].revents != 0 {
                events[count] = SelectorEvent(
                    token: tokens[position], readiness: Readiness(pollEvents: descriptors[position].revents))
                count += 1
                if count == min(ready, events.count) {
                    next = position + 1
                    return count
                }
            }
        }
        return count
    }

    private func position(of token: SlotToken) -> Int? {
        let index = Int(token.index)
        guard index < positions.count, positions[index] >= 0 else { return nil }
        return Int(positions[index])
    }
}

extension Readiness {
    fileprivate var pollEvents: Int16 {
        Int16((contains(.readable) ? POLLIN : 0) | (contains(.writable) ? POLLOUT : 0))
    }

    fileprivate init(pollEvents: Int16) {
        let events = Int32(pollEvents)
        self = []
        if events & POLLIN != 0 { insert(.readable) }
        if events & POLLOUT != 0 { insert(.writable) }
        if events & (POLLHUP | POLLERR | POLLNVAL) != 0 { insert(.closed) }
    }
}
