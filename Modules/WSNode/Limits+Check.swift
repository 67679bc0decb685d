import WSConnection

extension Limits {
    /// Node takes a negative limit for none at all; here it is a mistake.
    func check() throws(WebSocketError) {
        let limits = [
            ("maxPayload", maxPayload), ("maxFragments", maxFragments), ("highWaterMark", highWaterMark),
            ("maxQueuedBytes", maxQueuedBytes), ("maxPendingPongs", maxPendingPongs),
        ]
        for (name, value) in limits where value < 0 {
            throw WebSocketError(
                "The value of \"\(name)\" is out of range. It must be >= 0. Received \(value)", name: .range,
                code: "ERR_OUT_OF_RANGE")
        }
    }
}
