/// One descriptor's readiness, as a selector reports it.
struct SelectorEvent {
    var token: SlotToken
    var readiness: Readiness

    /// How many events one wait takes. What did not fit is reported by the next.
    static let maxPerWait = 1024
}
