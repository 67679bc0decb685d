/// A place in the slot table together with the occupant it was given to. A token outlives its occupant harmlessly:
/// when the slot is given away again its generation moves on, and the old token fits nobody.
struct SlotToken: Equatable {
    var index: UInt32
    var generation: UInt32

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// The token as the kernel keeps it.
    var bits: UInt64 {
        UInt64(generation) << 32 | UInt64(index)
    }

    init(bits: UInt64) {
        index = UInt32(truncatingIfNeeded: bits)
        generation = UInt32(truncatingIfNeeded: bits >> 32)
    }
}
