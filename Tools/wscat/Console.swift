import WSNode

/// Where input comes from and what arrives is shown.
protocol Console: AnyObject {
    /// Whether a person types and reads.
    var isInteractive: Bool { get }

    /// Input is about to be read.
    func open()

    /// Leaves everything as it was found.
    func close()

    /// Makes something of the next bytes of standard input; none at its end.
    func take(_ bytes: [UInt8]) throws(InputError) -> [Input]

    /// A message has arrived.
    func show(_ message: Message)

    /// Something else has arrived that the user asked to be told of.
    func show(notice: String)

    /// How things stand: of interest to a person only.
    func tell(_ text: String)

    /// What a script may want to know too, but not among the messages.
    func announce(_ text: String)

    /// Something went wrong.
    func complain(_ text: String)
}
