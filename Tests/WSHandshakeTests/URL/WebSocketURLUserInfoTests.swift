import Testing
import WSHandshake

@Suite("RFC 3986 §3.2.1 User information")
struct WebSocketURLUserInfoTests {
    // R-3-6, B-HDR-001, B-HDR-016
    @Test(arguments: [
        ("test:testpass", "test", "testpass"), ("u", "u", ""), ("u:", "u", ""), (":p", "", "p"),
        ("u%40x:p%3Aq", "u@x", "p:q"),
        ("u:p:q", "u", "p:q"), ("%C3%A9:%E2%82%AC", "é", "€"), ("é:€", "é", "€"), ("u:p%20q", "u", "p q"),
        ("a!$&'()*+,;=:-._~", "a!$&'()*+,;=", "-._~"),
    ])
    func `user and password are cut at the first colon and decoded`(text: String, user: String, password: String) throws
    {
        let url = try WebSocketURL("ws://\(text)@h/p")
        #expect(url.userInfo?.user == user)
        #expect(url.userInfo?.password == password)
        #expect(url.host == "h")
        #expect(url.hostField == "h")
        #expect(url.resourceName == "/p")
    }

    // R-3-6
    @Test(arguments: ["ws://h/", "ws://@h/", "ws://:@h/", "ws://h/u@x", "ws://h?u:p@x"])
    func `without a user and a password there is no user information`(address: String) throws {
        let url = try WebSocketURL(address)
        #expect(url.userInfo == nil)
        #expect(url.href.hasPrefix("ws://h/"))
    }

    // R-3-6, W-07
    @Test(arguments: [
        "%", "%4", "%zz", "u:%", "%FF", "u:%C3", "a%3Ab:c", "%0A", "u:%00", "u:p%0D%0A", "u%7F", "u[", "u]", "u\\v",
    ])
    func `what Basic authentication cannot carry is refused`(text: String) {
        #expect(throws: WebSocketURLError.invalid("ws://***@h/", .invalidUserInformation)) {
            try WebSocketURL("ws://\(text)@h/")
        }
    }

    // P-8, X-5
    @Test(arguments: [
        ("wss://u:p@h:9/p?q", "wss://h:9/p?q"), ("ws://u@h/", "ws://h/"), ("ws://h/p", "ws://h/p"),
        ("ws+unix:/tmp/s:/p", "ws+unix:/tmp/s:/p"),
    ])
    func `an address can be had without its credentials`(address: String, bare: String) throws {
        let url = try WebSocketURL(address).withoutUserInfo()
        #expect(url.userInfo == nil)
        #expect(url.href == bare)
        #expect(url.description == bare)
        #expect(url.resourceName == (try WebSocketURL(address).resourceName))
    }

    // R-3-6
    @Test func `credentials appear in no description and no error`() throws {
        let url = try WebSocketURL("wss://user:secret@h:9/p?q")
        #expect(url.description == "wss://h:9/p?q")
        #expect(url.href == "wss://user:secret@h:9/p?q")
        for address in ["ws://user:secret@h:x/", "ws://user:secret@h h", "ws://user:secret@a:1:2/@"] {
            let error = #expect(throws: WebSocketURLError.self) { try WebSocketURL(address) }
            #expect(error?.description.contains("secret") == false)
            #expect(error?.description.hasPrefix("Invalid URL: ws://***@") == true)
        }
    }

    @Test func `user information is written back percent-encoded`() throws {
        #expect(try WebSocketURL("ws://é\"<:p@h").href == "ws://%C3%A9%22%3C:p@h/")
        #expect(try WebSocketURL("ws://u%40v@h").href == "ws://u%40v@h/")
        #expect(try WebSocketURL("ws://u:@h").href == "ws://u@h/")
    }
}
