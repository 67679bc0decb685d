import Testing
import WSConnection

@Suite("Bytes: a run of shared memory")
struct BytesTests {
    @Test func `a run is made from any collection, a string, a span, a list, and by filling`() throws {
        #expect(Array(Bytes()) == [])
        #expect(Array(Bytes([1, 2, 3])) == [1, 2, 3])
        #expect(Array(Bytes([1, 2, 3, 4].dropFirst())) == [2, 3, 4])
        #expect(Array(Bytes((1...3 as ClosedRange<UInt8>).reversed())) == [3, 2, 1])
        #expect(Array(Bytes(utf8: "é")) == [0xC3, 0xA9])
        #expect(Array([1, 2] as Bytes) == [1, 2])
        let array: [UInt8] = [5, 6]
        #expect(Array(Bytes(copying: array.span.bytes)) == [5, 6])
        let filled = Bytes(capacity: 10) { output in
            output.append(7, as: UInt8.self)
            output.append(8, as: UInt8.self)
        }
        #expect(Array(filled) == [7, 8])
    }

    @Test func `a slice shares the memory, and what lies outside is cut off`() {
        let bytes = Bytes(pattern(100))
        #expect(Array(bytes.slice(10..<20)) == pattern(10, from: 10))
        #expect(Array(bytes.slice(10..<50).slice(5..<10)) == pattern(5, from: 15))
        #expect(bytes.slice(90..<1_000).count == 10)
        #expect(bytes.slice(-5..<5).count == 5)
        #expect(bytes.slice(200..<300).isEmpty)
        #expect(bytes.slice(0..<0).isEmpty)
    }

    @Test func `it is a collection like an array`() {
        let bytes = Bytes(pattern(100)).slice(20..<60)
        let array = pattern(40, from: 20)
        #expect(bytes.count == 40)
        #expect(bytes.startIndex == 0)
        #expect(bytes.endIndex == 40)
        #expect(bytes[7] == 27)
        #expect(bytes.map { $0 } == array)
        #expect(Array(bytes.reversed()) == array.reversed())
        #expect(Array(bytes[5..<9]) == Array(array[5..<9]))
        #expect(bytes.withContiguousStorageIfAvailable { Array($0) } == array)
        #expect(bytes.withUnsafeBytes { Array($0) } == array)
        #expect(bytes.withSpan { $0.byteCount } == 40)
        var together: [UInt8] = [1]
        together += bytes
        #expect(together == [1] + array)
        #expect(String(Bytes(utf8: "text")) == "text")
    }

    @Test func `runs are equal when their contents are, wherever they lie`() {
        let bytes = Bytes(pattern(200))
        for count in 0..<40 {
            let one = bytes.slice(3..<3 + count)
            let other = Bytes(pattern(count, from: 3))
            #expect(one == other)
            #expect(one.hashValue == other.hashValue)
            for place in 0..<count {
                var changed = pattern(count, from: 3)
                changed[place] ^= 1
                #expect(one != Bytes(changed))
            }
            #expect(one != bytes.slice(3..<4 + count))
        }
    }

    @Test func `its description is short and in hexadecimal`() {
        #expect(Bytes([0, 15, 255]).description == "00 0f ff")
        #expect(Bytes(pattern(65)).description.hasSuffix(" 3f … (65 bytes)"))
    }

    @Test func `a copy lives without the memory it was a slice of`() {
        var storage: ByteStorage? = ByteStorage(capacity: 100)
        weak let weakStorage = storage
        storage?.base.storeBytes(of: 42, as: UInt8.self)
        let copy = storage.map { Bytes(copying: Bytes($0, 0..<1)) }
        storage = nil
        #expect(weakStorage == nil)
        #expect(copy.map { Array($0) } == [42])
    }
}
