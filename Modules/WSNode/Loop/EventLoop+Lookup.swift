import WSTransport

extension EventLoop {
    /// Looks names up with the system's resolver, on a thread of its own.
    var systemLookup: ClientOptions.Lookup {
        { host, family, answer in
            self.offload({ HostLookup.addresses(of: host, family: family) }, then: answer)
        }
    }
}
