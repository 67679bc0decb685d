import WSNode

// What a client's application does.
extension End {
    func run(_ application: ApplicationKind) {
        let life = random.draw(.seconds(1)...(.seconds(120)))
        onOpen = { [unowned self] in
            talk()
            world.whileInTrouble(after: life) { [weak self] in self?.close(.normalClosure, "bye") }
        }
    }

    private func talk() {
        world.whileInTrouble(after: random.draw(.milliseconds(10)...(.seconds(5)))) { [weak self] in
            guard let self, isOpen else { return }
            send(Payload(from: &random, upTo: 70_000), fragmentCount: random.happens(0.2) ? random.draw(1...4) : 1)
            talk()
        }
    }
}
