import WSFrame

/// Validation of texts of several scripts.
enum UTF8Operations {
    static var groups: [[Operation]] { MaskingOperations.sizes.map(group) }

    private static func group(_ size: Int) -> [Operation] {
        let destination = Workspace(byteCount: size).base
        let text = Workspace(PayloadKind.ascii.bytes(count: size, seed: 2)).base
        let kinds = PayloadKind.allCases.filter(\.isText)
        return [MaskingOperations.memcpy(size, from: text, to: destination)] + kinds.map { validation($0, size) }
    }

    private static func validation(_ kind: PayloadKind, _ size: Int) -> Operation {
        // Behind a header of six bytes, as a short frame's payload lies.
        let text = Workspace([0, 0, 0, 0, 0, 0] + kind.bytes(count: size, seed: 3)).base + 6
        return Operation(kind == .utf8 ? "mixture" : kind.rawValue, byteCount: size) { times in
            var faults = 0
            for _ in 0..<times {
                var validator = UTF8Validator()
                if validator.validate(Opaque.hide(text), count: size) != nil || !validator.isComplete { faults += 1 }
            }
            precondition(faults == 0, "the sample is valid text")
        }
    }
}
