/// A wall between a measurement and the optimizer: what passes here may be anything, and may be looked at by anybody.
enum Opaque {
    /// Makes the optimizer believe that a result is used.
    @_optimize(none) @inline(never)
    static func keep(_ value: Int) {}

    /// Gives back the pointer, as one of which nothing is known: nothing computed from it before holds any more.
    @_optimize(none) @inline(never)
    static func hide(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { pointer }
}
