import CSystem

/// A plan of failures for the system calls of one thread: what tests use to walk through every error path.
///
/// A plan holds while `run` does, on the thread that called it, so tests running at the same time do not meet. Where no
/// plan is installed the cost is one load and one branch per call.
package final class SystemCallFaults {
    /// What happens instead of the call.
    package enum Effect: Sendable {
        /// It fails with this errno, without having been made. (`close` is made all the same, as the kernel does.)
        case fail(Int32)

        /// A name lookup never comes back; other calls are made as they are.
        case hang

        /// A `receive` or `send` moves at most this many bytes; other calls are made as they are.
        case shorten(to: Int)
    }

    /// Which calls meet the effect.
    package struct Rule: Sendable {
        /// Nil stands for every kind.
        package var call: SystemCall?
        /// The first call to be hit, counted from 1 among those of that kind.
        package var first: Int
        /// How many calls are hit from there on.
        package var count: Int
        package var effect: Effect

        package init(_ call: SystemCall?, nth first: Int = 1, count: Int = 1, _ effect: Effect) {
            self.call = call
            self.first = first
            self.count = count
            self.effect = effect
        }
    }

    /// Every call made so far under this plan, in order.
    package private(set) var log: [SystemCall] = []

    /// The descriptors that were opened and not closed under this plan.
    package private(set) var openDescriptors: Set<Int32> = []

    /// The descriptors that were closed without being open; there must be none.
    package private(set) var wronglyClosed: [Int32] = []

    /// Whether any rule has taken effect.
    package private(set) var hasStruck = false

    private let rules: [Rule]
    private var seen: [Int]

    /// A plan with these rules; the first that fits a call decides.
    package init(_ rules: [Rule] = []) {
        self.rules = rules
        seen = Array(repeating: 0, count: rules.count)
    }

    /// Runs `body` under the plan, on this thread.
    package func run<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let outer = unsafe csys_fault_plan()
        unsafe csys_set_fault_plan(Unmanaged.passUnretained(self).toOpaque())
        defer { unsafe csys_set_fault_plan(outer) }
        return try body()
    }

    /// The plan of this thread.
    @inline(__always)
    static var current: SystemCallFaults? {
        guard let plan = unsafe csys_fault_plan() else { return nil }
        return unsafe Unmanaged<SystemCallFaults>.fromOpaque(plan).takeUnretainedValue()
    }

    /// Counts a call that is about to be made, and says what is to happen to it.
    func effect(on call: SystemCall) -> Effect? {
        log.append(call)
        var effect: Effect?
        for index in rules.indices where rules[index].call == nil || rules[index].call == call {
            seen[index] += 1
            let past = seen[index] - rules[index].first
            if effect == nil, past >= 0, past < rules[index].count { effect = rules[index].effect }
        }
        if effect != nil { hasStruck = true }
        return effect
    }

    /// Takes note of a new descriptor.
    func opened(_ descriptor: Int32) {
        openDescriptors.insert(descriptor)
    }

    /// Takes note of the end of one.
    func closed(_ descriptor: Int32) {
        if openDescriptors.remove(descriptor) == nil { wronglyClosed.append(descriptor) }
    }
}
