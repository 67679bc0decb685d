import Testing
import WSHandshake

@Suite("ws+unix URLs")
struct UnixSocketURLTests {
    @Test(arguments: [
        ("ws+unix:/abs/socket:/path?query", "/abs/socket", "/path?query"), ("ws+unix:/abs/socket", "/abs/socket", "/"),
        ("ws+unix:/abs/socket:", "/abs/socket", "/"), ("ws+unix:/s:/", "/s", "/"), ("ws+unix:/s:?q", "/s", "/?q"),
        ("WS+UNIX:/S:/P", "/S", "/P"),
        ("ws+unix:///abs/socket:/p", "/abs/socket", "/p"), ("ws+unix:rel/s:/p", "rel/s", "/p"),
        ("ws+unix:/a b.sock:/c d", "/a b.sock", "/c%20d"),
        ("ws+unix:/s:/a:b", "/s", "/a:b"), ("ws+unix:/%20:/", "/%20", "/"), ("ws+unix:/é:/é", "/é", "/%C3%A9"),
    ])
    func `the first colon parts the socket path from the resource name`(
        address: String, path: String, resource: String
    ) throws {
        let url = try WebSocketURL(address)
        #expect(url.scheme == .wsUnix)
        #expect(url.unixSocketPath == path)
        #expect(url.resourceName == resource)
        #expect(url.hostField == "localhost")
        #expect(!url.isSecure)
        #expect(url.userInfo == nil)
    }

    @Test func `an address writes back as it was read`() throws {
        #expect(try WebSocketURL("ws+unix:/s:/p?q").href == "ws+unix:/s:/p?q")
        #expect(try WebSocketURL("ws+unix:/s").href == "ws+unix:/s")
        #expect(try WebSocketURL("ws+unix:///s").href == "ws+unix:/s")
    }

    // B-CTOR-003
    @Test(arguments: ["ws+unix:", "ws+unix::", "ws+unix::/p", "ws+unix://"])
    func `an empty socket path is refused`(address: String) {
        let error = #expect(throws: WebSocketURLError.emptySocketPath) { try WebSocketURL(address) }
        #expect(error?.description == "The URL's pathname is empty")
    }

    @Test(arguments: ["ws+unix:/s?q", "ws+unix:/s?q:/p", "ws+unix:/s:p", "ws+unix://host/s:/p", "ws+unix:?"])
    func `a question mark in the socket path, a host or a relative resource is refused`(address: String) {
        #expect(throws: WebSocketURLError.invalid(address, .invalidSocketPath)) { try WebSocketURL(address) }
    }
}
