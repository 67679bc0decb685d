/// The sockets of a server, in the order in which they came, as Node's `Set` has them.
///
/// The order reaches the wire, so it depends on nothing but what happened: not on addresses, nor on the seed of a hash.
public struct ClientSet: Sequence, ExpressibleByArrayLiteral {
    /// The sockets, with holes where some have left. Each knows its place.
    private var places: [WebSocket?] = []

    /// How many sockets there are.
    public private(set) var count = 0

    /// Sockets of no server.
    public init(arrayLiteral sockets: WebSocket...) {
        places = sockets
        count = sockets.count
    }

    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }

    /// Whether a socket is among them. O(1), for a copy from the past O(n).
    public func contains(_ socket: WebSocket) -> Bool {
        holds(socket) || places.contains { $0 === socket }
    }

    /// Whether a socket is where it was put.
    private func holds(_ socket: WebSocket) -> Bool {
        let place = Int(socket.clientPlace)
        return places.indices.contains(place) && places[place] === socket
    }

    mutating func insert(_ socket: WebSocket) {
        socket.clientPlace = Int32(truncatingIfNeeded: places.count)
        places.append(socket)
        count += 1
    }

    /// Takes a socket out; nil if it was not there. O(1) on average.
    @discardableResult
    mutating func remove(_ socket: WebSocket) -> WebSocket? {
        guard holds(socket) else { return nil }
        places[Int(socket.clientPlace)] = nil
        socket.clientPlace = -1
        count -= 1
        if places.count > Self.smallest, count < places.count / 2 { closeHoles() }
        return socket
    }

    private mutating func closeHoles() {
        places.removeAll { $0 == nil }
        for (place, socket) in places.enumerated() { socket?.clientPlace = Int32(truncatingIfNeeded: place) }
    }

    /// So few places are left as they are.
    private static let smallest = 16

    /// Goes through the sockets that were there when it was made.
    public struct Iterator: IteratorProtocol {
        private var places: IndexingIterator<[WebSocket?]>

        fileprivate init(_ places: [WebSocket?]) {
            self.places = places.makeIterator()
        }

        /// The next socket.
        public mutating func next() -> WebSocket? {
            while let place = places.next() {
                if let place { return place }
            }
            return nil
        }
    }

    /// Goes through the sockets, in the order in which they came.
    public func makeIterator() -> Iterator { Iterator(places) }
}

extension ClientSet: Equatable {
    /// Whether both have the same sockets, in the same order.
    public static func == (left: ClientSet, right: ClientSet) -> Bool {
        left.elementsEqual(right)
    }
}
