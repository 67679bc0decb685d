/// What a call came back with.
public enum CallOutcome: Sendable, Equatable {
    /// It was done.
    case done
    /// It was done, and the queue is above the high-water mark.
    case full
    /// It was not done: the name of the error.
    case refused(String)

    /// The word in a fixture, without the arrow before it.
    var word: String {
        switch self {
        case .done: ""
        case .full: "full"
        case .refused(let name): name
        }
    }

    init(word: String) {
        self = word.isEmpty ? .done : word == "full" ? .full : .refused(word)
    }
}
