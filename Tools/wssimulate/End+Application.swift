import WSNode

// What applications do at both ends, while there is trouble.
extension End {
    /// A client's part in the application of its server.
    func run(_ application: ApplicationKind) {
        let life = random.draw(.seconds(1)...(.seconds(180)))
        onOpen = { [unowned self] in
            world.whileInTrouble(after: life) { [unowned self] in close(.normalClosure, "bye") }
            switch application {
            case .echo, .broadcast: talk()
            case .answers: ask()
            case .silent: break
            case .slowReader: readSlowly()
            case .flood: flood(isRude: random.happens(0.3))
            }
        }
    }

    /// Does something after a while, unless the trouble or the connection is over by then.
    func later(_ delay: ClosedRange<Duration>, _ action: @escaping (End) -> Void) {
        // Conversations are kept, and with them their ends. (A weak reference would slow down every use.)
        world.whileInTrouble(after: random.draw(delay)) { [unowned self] in
            if isOpen { action(self) }
        }
    }

    private func draw(upTo limit: Int = .max) -> Payload {
        // What a broadcast carries has to suit everybody.
        let suited = conversation.application == .broadcast ? conversation.host.sizeLimit : conversation.sizeLimit
        return Payload(from: &random, upTo: min(limit, suited))
    }

    // MARK: Clients

    /// Says something now and then.
    private func talk() {
        later(.milliseconds(10)...(.seconds(5))) { end in
            switch end.random.draw(0...9) {
            case 0: end.send(end.draw(), fragmentCount: end.random.draw(2...4))
            case 1: end.sendSlowly(end.draw(upTo: 500), fragmentCount: end.random.draw(2...4))
            case 2: for _ in 0...end.random.draw(1...5) { end.send(end.draw(upTo: 300)) }
            default: end.send(end.draw())
            }
            end.talk()
        }
    }

    /// Asks, waits for the answer, and asks again.
    private func ask() {
        onMessage = { [unowned self] _ in
            later(.zero...(.seconds(3))) { $0.send($0.draw(upTo: 1000)) }
        }
        send(draw(upTo: 1000))
    }

    /// Reads only now and then.
    private func readSlowly() {
        later(.zero...(.seconds(20))) { end in
            end.pause()
            end.later(.seconds(1)...(.seconds(40))) {
                $0.resume()
                $0.readSlowly()
            }
        }
    }

    // MARK: Servers

    /// A server's part.
    func serve(_ application: ApplicationKind, at host: Host) {
        switch application {
        case .echo: onMessage = { [unowned self] in send(Payload($0)) }
        case .broadcast: onMessage = { [unowned host] in host.broadcast($0) }
        case .answers:
            onMessage = { [unowned self] _ in later(.zero...(.seconds(10))) { $0.send($0.draw()) } }
        case .silent, .flood: break
        case .slowReader: flood(isRude: false)
        }
    }

    // MARK: Both

    /// Sends bursts: each until there is no room, and further when there is; a rude one goes on without room.
    func flood(isRude: Bool) {
        var rest = 0
        func go() {
            while rest > 0, isOpen {
                rest -= 1
                if !send(draw(upTo: 10_000)), !isRude { return }
            }
        }
        func wait() {
            later(.milliseconds(100)...(.seconds(15))) { end in
                rest = end.random.draw(1...40)
                go()
                wait()
            }
        }
        onDrain = go
        wait()
    }

    /// What an application may do whenever it is called.
    func misbehave() {
        let scenario = world.scenario
        guard world.isInTrouble, isOpen else { return }
        if conversation.usesPings, random.happens(0.05) { ping(random.draw(2...125)) }
        if scenario.has(.close), random.happens(0.01) {
            world.count(.close)
            let codes: [CloseCode?] = [
                nil, .normalClosure, .goingAway, .internalError, CloseCode(3000), CloseCode(4999),
            ]
            let code = codes[random.draw(0...codes.count - 1)]
            close(code, code == nil ? "" : String(repeating: "ö", count: random.draw(0...61)))
        }
        if scenario.has(.terminate), random.happens(0.005) {
            world.count(.terminate)
            terminate()
        }
        if scenario.has(.pause), random.happens(0.02) {
            world.count(.pause)
            pause()
            later(.zero...(.seconds(60))) { $0.resume() }
        }
    }

    /// Misbehaves now and then even if nothing happens.
    func misbehaveNowAndThen() {
        later(.zero...(.seconds(30))) { end in
            end.misbehave()
            end.misbehaveNowAndThen()
        }
    }
}
