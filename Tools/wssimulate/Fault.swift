/// The kinds of trouble a run may have. Which of them it has, and how bad they are, is drawn from its seed.
enum Fault: String, CaseIterable {
    // How the network carries bytes.
    case latency, bandwidth, pieces, reads, writes, hesitation, window
    // How links break, at any byte.
    case end, reset, hole
    // How connecting fails.
    case refuse, slow, silence, lookup, accept
    // The machine: the selector's order, a clock that leaps.
    case shuffle, leap
    // What applications do at any event.
    case close, terminate, pause, drop, shutdown
}
