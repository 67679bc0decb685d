import Testing
import WSConnection

@testable import struct WSNode.SpareStorage

@Suite("The memory of long messages")
struct SpareStorageTests {
    private let mebibyte = 1 << 20

    @Test func `a storage is given out again only when nobody refers to it`() {
        var spare = SpareStorage()
        var message: ByteStorage? = ByteStorage(capacity: 2 * mebibyte)
        spare.keep(message!, now: .zero)
        #expect(spare.take(atLeast: 2 * mebibyte) == nil)
        message = nil
        message = spare.take(atLeast: 2 * mebibyte)
        #expect(message != nil)
        #expect(spare.take(atLeast: 2 * mebibyte) == nil)
    }

    @Test func `a message gets a storage it fits in and fills by half`() {
        var spare = SpareStorage()
        spare.keep(ByteStorage(capacity: 4 * mebibyte), now: .zero)
        #expect(spare.take(atLeast: 4 * mebibyte + 1) == nil)
        #expect(spare.take(atLeast: 2 * mebibyte - 1) == nil)
        #expect(spare.take(atLeast: 2 * mebibyte) != nil)
    }

    @Test func `small storages are not worth it, huge ones are too much to hold on to`() {
        for (capacity, isKept) in [(1 << 20, true), ((1 << 20) - 1, false), (16 << 20, true), ((16 << 20) + 1, false)] {
            var spare = SpareStorage()
            spare.keep(ByteStorage(capacity: capacity), now: .zero)
            #expect((spare.take(atLeast: capacity) != nil) == isKept)
            #expect((spare.expiry != nil) == isKept)
        }
    }

    @Test func `it goes five seconds after its last use`() {
        var spare = SpareStorage()
        spare.keep(ByteStorage(capacity: mebibyte), now: .seconds(1))
        #expect(spare.expiry == .seconds(6))
        spare.expire(now: .milliseconds(5_999))
        #expect(spare.take(atLeast: mebibyte) != nil)
        spare.expire(now: .seconds(6))
        #expect(spare.take(atLeast: mebibyte) == nil)
        #expect(spare.expiry == nil)
    }
}
