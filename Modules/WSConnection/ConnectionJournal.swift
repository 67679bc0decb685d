public import WSFrame
public import WSHandshake

/// Is told of everything that happens to a connection: enough to make it happen again (``Connection/keepJournal(_:now:)``).
///
/// `WSReplay` has one that writes fixtures. A connection without a journal pays for this with the look whether it has one.
public protocol ConnectionJournal: AnyObject {
    /// Something happens.
    ///
    /// - Parameters:
    ///   - entry: facts and calls before they take effect, events and output when they are handed out. Bytes in it may
    ///     change or be used again once this returns.
    ///   - now: the caller's instant; nil where it named none.
    func note(_ entry: JournalEntry, now: Duration?)
}

/// What happens to a connection.
public enum JournalEntry {
    /// The journal begins.
    case began(Role, ConnectionConfiguration, isOpen: Bool)
    /// Bytes have arrived.
    case received(Bytes)
    /// The stream has ended.
    case receivedEnd
    /// A deadline has come.
    case timedOut
    /// The application asked for something.
    case called(ConnectionCall)
    /// An event was taken.
    case told(ConnectionEvent)
    /// Bytes were written.
    case wrote([UInt8])
    /// A frame was masked.
    case masked(MaskingKey)
}

extension Connection {
    /// Has everything from here on noted. To be called before anything else, lest the beginning be missing.
    public mutating func keepJournal(_ journal: any ConnectionJournal, now: Duration) {
        journalBox = JournalBox(journal)
        journal.note(.began(role, shared.values, isOpen: phase == .open), now: now)
        if let keys = maskingKeys { maskingKeys = JournalKeptKeys(keys, journal) }
    }

    /// As ``keepJournal(_:now:)`` for a server's end that was made to accept a request: the journal has the opening
    /// handshake too, as if the connection had read it. The head is written down as it was understood.
    public mutating func keepJournal(
        _ journal: any ConnectionJournal, accepting request: UpgradeRequest, with response: ResponseHead,
        agreement: Agreement, now: Duration
    ) {
        journalBox = JournalBox(journal)
        journal.note(.began(role, shared.values, isOpen: false), now: now)
        if let head = try? request.head.serialized() { journal.note(.received(Bytes(head)), now: now) }
        journal.note(.told(.upgradeRequested(request)), now: now)
        journal.note(.called(.accept(response, agreement)), now: now)
        journal.note(.told(.opened(agreement)), now: now)
    }
}

/// A journal apart, as most connections have none.
final class JournalBox {
    let journal: any ConnectionJournal
    init(_ journal: any ConnectionJournal) { self.journal = journal }
}

/// Tells a journal of each key.
private final class JournalKeptKeys: MaskingKeySource {
    private let keys: any MaskingKeySource
    private let journal: any ConnectionJournal

    init(_ keys: any MaskingKeySource, _ journal: any ConnectionJournal) {
        self.keys = keys
        self.journal = journal
    }

    func nextKey() -> MaskingKey {
        let key = keys.nextKey()
        journal.note(.masked(key), now: nil)
        return key
    }
}
