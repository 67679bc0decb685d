import Testing
import WSHandshake

@Suite("RFC 3986 §3.2 Hosts and ports")
struct WebSocketURLHostTests {
    private func fault(_ address: String) -> WebSocketURLError.Fault? {
        do throws(WebSocketURLError) {
            _ = try WebSocketURL(address)
            return nil
        } catch .invalid(_, let fault) {
            return fault
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    // U-1, B-CTOR-007, R-4.1-11
    @Test(arguments: [
        ("ws://[::1]", "::1", "[::1]"), ("ws://[::1]:9/", "::1", "[::1]:9"), ("wss://[::1]:443/", "::1", "[::1]"),
        ("ws://[2001:DB8:0:0:0:0:0:1]/", "2001:db8::1", "[2001:db8::1]"), ("ws://[::]/", "::", "[::]"),
        ("ws://[1:2:3:4:5:6:7:8]/", "1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]"), ("ws://[0001:0::0]/", "1::", "[1::]"),
        ("ws://[::ffff:192.0.2.1]/", "::ffff:c000:201", "[::ffff:c000:201]"),
        ("ws://[64:ff9b::192.0.2.33]/", "64:ff9b::c000:221", "[64:ff9b::c000:221]"),
        ("ws://[1:0:0:2:0:0:0:3]/", "1:0:0:2::3", "[1:0:0:2::3]"),
        ("ws://[1:0:2:0:3:0:4:0]/", "1:0:2:0:3:0:4:0", "[1:0:2:0:3:0:4:0]"),
        ("ws://[1::2:3:4:5:6:7]/", "1:0:2:3:4:5:6:7", "[1:0:2:3:4:5:6:7]"), ("ws://[0:0:1::]/", "0:0:1::", "[0:0:1::]"),
        ("ws://[1:2:3:4:5:6:1.2.3.4]/", "1:2:3:4:5:6:102:304", "[1:2:3:4:5:6:102:304]"),
    ])
    func `an IPv6 address loses its brackets as a host and keeps them in Host`(
        address: String, host: String, field: String
    ) throws {
        let url = try WebSocketURL(address)
        #expect(url.host == host)
        #expect(url.isIPv6)
        #expect(url.isIPAddress)
        #expect(url.hostField == field)
        #expect(try WebSocketURL("ws://\(url.hostField)").host == host)
    }

    // U-1
    @Test(arguments: [
        "[]", "[1]", "[:]", "[:::]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]", "[12345::]", "[g::]",
        "[1:]", "[:1]",
        "[::1", "[1:2:3:4:5:6:7::8:9]", "[::1.2.3]", "[::1.2.3.256]", "[1.2.3.4]", "[::1.2.3.4:5]", "[::01.2.3.4]",
        "[1:2:3:4:5:6:7:1.2.3.4]",
        "[1:2:3:4:5:6:7:8::]", "[::1:2:3:4:5:6:7:8]", "[-::]", "[::+1]", "[h]", "[v1.x]", "[::1 ]", "[::%]",
    ])
    func `what is in brackets and no IPv6 address is refused`(host: String) {
        let expected: WebSocketURLError.Fault = host == "[::%]" ? .zoneIdentifier : .invalidIPv6Address
        #expect(fault("ws://\(host)/") == expected)
    }

    // U-1
    @Test(arguments: [
        "ws://[::1]x/", "ws://a[::1]/", "ws://a]b/", "ws://[::1]]/", "ws://::1/", "ws://a:b:c/", "ws://::/",
    ])
    func `brackets stand around an IPv6 address and nowhere else`(address: String) {
        #expect(fault(address) != nil)
    }

    // U-6
    @Test(arguments: ["ws://[fe80::1%eth0]/", "ws://[fe80::1%25eth0]/"])
    func `a zone identifier is refused`(address: String) {
        #expect(fault(address) == .zoneIdentifier)
    }

    // U-2, R-4.1-1
    @Test(arguments: [
        ("", UInt16(80)), (":", 80), (":0", 0), (":1", 1), (":80", 80), (":00080", 80), (":65535", 65535),
        (":8080", 8080),
    ])
    func `a port is up to five digits, and none means the default`(text: String, port: UInt16) throws {
        let url = try WebSocketURL("ws://h\(text)/p")
        #expect(url.host == "h")
        #expect(url.port == port)
    }

    // U-2, S-8
    @Test(arguments: [
        ":65536", ":99999", ":100000", ":00000000080", ":4294967376", ":+80", ":-1", ": 80", ":8a", ":80:81", ":٨٠",
        ":0x50", ":1e2",
        ":18446744073709551696",
    ])
    func `any other port is refused and never becomes another one`(text: String) {
        #expect(fault("ws://h\(text)/") == .invalidPort)
    }

    // U-3
    @Test(arguments: ["127.0.0.1", "0.0.0.0", "255.255.255.255", "192.0.2.1"])
    func `four decimal octets are an IPv4 address`(host: String) throws {
        let url = try WebSocketURL("ws://\(host):81/")
        #expect(url.host == host)
        #expect(url.isIPAddress)
        #expect(!url.isIPv6)
        #expect(url.hostField == "\(host):81")
    }

    // U-3
    @Test(arguments: [
        "0x7f.1", "127.1", "017.0.0.1", "127.0.0.01", "2130706433", "0x7f000001", "1.2.3", "1.2.3.4.5", "256.0.0.1",
        "1.2.3.256", "127.0.0.1.",
        "0", "0x", "1.2.3.0x4", "a.1", "example.com.0x10", "00.0.0.0", "127.0.0.1000", "1..2",
    ])
    func `any other spelling of numbers is refused as a host`(host: String) {
        #expect(fault("ws://\(host)/") == .ambiguousIPv4Address)
    }

    // U-3
    @Test(arguments: ["1.example", "1a", "0xg", "x0x1", "1.2.3.4a", "a1", "4.a4", "0.x"])
    func `a name may hold numbers`(host: String) throws {
        #expect(try WebSocketURL("ws://\(host)/").host == host)
        #expect(try !WebSocketURL("ws://\(host)/").isIPAddress)
    }

    // R-4.1-1
    @Test(arguments: ["ws:///p", "ws://", "ws://:80/", "ws://?x", "ws://u@/", "ws://u@:80", "ws:////h"])
    func `an empty host is refused`(address: String) {
        #expect(fault(address) == .emptyHost)
    }

    // R-11.1-1
    @Test(arguments: ["ws://bücher.example/", "ws://日本/", "ws://a。b/", "ws://\u{212A}.com/"])
    func `an internationalised host has to come in its ASCII form`(address: String) {
        #expect(fault(address) == .nonASCIIHost)
    }

    // R-11.1-1
    @Test func `the ASCII form of an internationalised host passes`() throws {
        #expect(try WebSocketURL("ws://XN--bcher-kva.example/").hostField == "xn--bcher-kva.example")
    }

    // U-1, R-4.1-1
    @Test(arguments: everyOctet.filter { $0 > 0x20 && $0 < 0x7F })
    func `a name holds unreserved characters and sub-delimiters`(octet: UInt8) throws {
        let sign = String(octet: octet)
        let allowed = Set(octets("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;="))
        let address = "ws://x\(sign)y/"
        switch sign {
        case "/": #expect(try WebSocketURL(address).resourceName == "/y/")
        case "?": #expect(try WebSocketURL(address).resourceName == "/?y/")
        case "#": #expect(throws: WebSocketURLError.fragment) { try WebSocketURL(address) }
        case ":": #expect(fault(address) == .invalidPort)
        case "@": #expect(try WebSocketURL(address).host == "y")
        case _ where allowed.contains(octet): #expect(try WebSocketURL(address).host == "x\(sign)y".lowercased())
        default: #expect(fault(address) == .invalidHost)
        }
    }

    // U-1
    @Test(arguments: ["ws://a%41/", "ws://%31.2.3.4/", "ws://a%/", "ws://a%4/", "ws://a%2e/"])
    func `a percent-encoded host is refused, since readers differ on it`(address: String) {
        #expect(fault(address) == .invalidHost)
    }

    // H-d
    @Test(arguments: [
        "ws://good.example\\@evil.example/", "ws://good.example\\.evil.example/", "ws://a@b@c/", "ws://u:p@x:y@h/",
    ])
    func `an address two readers would send to two hosts is refused`(address: String) {
        #expect(fault(address) != nil)
    }
}
