/// Input that cannot be sent.
struct InputError: Error {
    let message: String
}
