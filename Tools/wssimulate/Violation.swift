/// What a checker found.
struct Violation {
    /// The promises that are checked.
    enum Promise: String {
        /// A message arrived that was not sent so, or not at that place.
        case order
        /// A message has not arrived, and nothing explains it.
        case loss
        /// An event outside the state diagram.
        case state
        /// A close code or an error that nothing explains.
        case cause
        /// `bufferedAmount` is not what the model says.
        case buffered
        /// A deadline has passed and nothing has happened.
        case deadline
        /// A sender that was told to wait was not told to go on.
        case drain
        /// A completion was not called, called twice, or called too early.
        case completion
        /// A queue holds more than its limit allows.
        case bound
        /// After the trouble, something did not come to rest.
        case liveness
        /// After the end, something was left.
        case leak
    }

    let promise: Promise
    let text: String
}
