/// Who owns which descriptor of a reactor, found by index and never by searching.
///
/// The table keeps its occupants alive. Events carry a token, not a reference: an event for an occupant that left
/// earlier in the same batch finds the generation changed and is dropped.
struct SlotTable {
    /// Whose events they are.
    enum Occupant {
        case transport(SocketTransport)
        case listener(SocketListener)
        case contender(ConnectContender)
        case wakeup(Wakeup)
    }

    private struct Slot {
        var occupant: Occupant?
        var generation: UInt32 = 0
    }

    private var slots: [Slot] = []
    private var freeIndexes: [UInt32] = []

    /// How many slots are taken.
    private(set) var count = 0

    /// Gives the occupant a slot.
    mutating func insert(_ occupant: Occupant) -> SlotToken {
        count += 1
        if let index = freeIndexes.popLast() {
            slots[Int(index)].occupant = occupant
            return SlotToken(index: index, generation: slots[Int(index)].generation)
        }
        slots.append(Slot(occupant: occupant))
        return SlotToken(index: UInt32(slots.count - 1), generation: 0)
    }

    /// Frees a slot; an outdated token changes nothing.
    mutating func remove(_ token: SlotToken) {
        let index = Int(token.index)
        guard index < slots.count, slots[index].generation == token.generation, slots[index].occupant != nil else {
            return
        }
        slots[index].occupant = nil
        slots[index].generation &+= 1
        freeIndexes.append(token.index)
        count -= 1
    }

    /// The occupant a token was given to, nil if it has left.
    @inline(__always)
    func occupant(of token: SlotToken) -> Occupant? {
        let index = Int(token.index)
        guard index < slots.count, slots[index].generation == token.generation else { return nil }
        return slots[index].occupant
    }

    /// Everyone, for the end of the reactor.
    var occupants: [Occupant] {
        slots.compactMap(\.occupant)
    }
}
