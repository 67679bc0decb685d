import Testing
import WSHandshake

@Suite("RFC 3986 §5.2 References")
struct URLReferenceTests {
    @Test(arguments: [
        ("ws://x/y", "ws://x/y"), ("http://x/y", "ws://x/y"), ("https://x:8443/y?z", "wss://x:8443/y?z"),
        ("//x", "wss://x/"),
        ("//x:9/y", "wss://x:9/y"), ("/y", "wss://u:p@h:9/y"), ("/y?z", "wss://u:p@h:9/y?z"),
        ("y", "wss://u:p@h:9/a/y"),
        ("./y", "wss://u:p@h:9/a/y"), ("../y", "wss://u:p@h:9/y"), ("../../y", "wss://u:p@h:9/y"),
        ("?z", "wss://u:p@h:9/a/b?z"),
        ("", "wss://u:p@h:9/a/b?c"), (".", "wss://u:p@h:9/a/"), ("..", "wss://u:p@h:9/"),
        ("y/./z/../w", "wss://u:p@h:9/a/y/w"),
        ("/../../y", "wss://u:p@h:9/y"), ("/y/..", "wss://u:p@h:9/"), ("/y/.", "wss://u:p@h:9/y/"),
        ("/a b", "wss://u:p@h:9/a%20b"),
        ("y?a/../b", "wss://u:p@h:9/a/y?a/../b"), ("/", "wss://u:p@h:9/"), ("/y//z", "wss://u:p@h:9/y//z"),
    ])
    func `a reference is read against the address it came from`(reference: String, expected: String) throws {
        let base = try WebSocketURL("wss://u:p@h:9/a/b?c")
        #expect(try WebSocketURL(reference, relativeTo: base).href == expected)
    }

    @Test func `the path of a reference is no server`() throws {
        // `/.//x` must not become `//x`, which would name another host.
        let base = try WebSocketURL("ws://h/a")
        for reference in ["/.//evil.example", "/..//evil.example", ".//evil.example", "/a/..//evil.example"] {
            #expect(try WebSocketURL(reference, relativeTo: base).host == "h")
        }
    }

    @Test(arguments: [
        ("ftp://x/", WebSocketURLError.unsupportedScheme("ftp")), ("/y#z", .fragment), ("#z", .fragment),
        ("//", .invalid("ws://", .emptyHost)),
        ("ws://x:99999/", .invalid("ws://x:99999/", .invalidPort)),
        ("/\r\nX: y", .invalid("ws://h/\r\nX: y", .controlCharacter)),
        ("javascript:x", .unsupportedScheme("javascript")),
    ])
    func `a reference that leads nowhere is refused`(reference: String, error: WebSocketURLError) throws {
        let base = try WebSocketURL("ws://h/a")
        #expect(throws: error) { try WebSocketURL(reference, relativeTo: base) }
    }

    @Test func `a path stays on a Unix-domain socket, a server leaves it`() throws {
        let base = try WebSocketURL("ws+unix:/s:/a/b")
        #expect(try WebSocketURL("/c", relativeTo: base).href == "ws+unix:/s:/c")
        #expect(try WebSocketURL("c", relativeTo: base).href == "ws+unix:/s:/a/c")
        #expect(try WebSocketURL("//h/c", relativeTo: base).href == "ws://h/c")
    }

    @Test func `ten thousand dot segments resolve in one pass`() throws {
        let base = try WebSocketURL("ws://h/a/b")
        let climb = String(repeating: "../", count: 10_000)
        #expect(try WebSocketURL(climb + "x", relativeTo: base).resourceName == "/x")
        let descend = String(repeating: "y/../", count: 10_000)
        #expect(try WebSocketURL(descend + "x", relativeTo: base).resourceName == "/a/x")
    }
}
