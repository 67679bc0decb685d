/// The kinds of trouble a run may have. Which of them it has, and how bad they are, is drawn from its seed.
enum Fault: String, CaseIterable {
    // How the network carries bytes.
    case latency
    // How links break, at any byte.
    case reset
    // The machine: the selector's order.
    case shuffle
    // What applications do at any time.
    case drop, shutdown
}
