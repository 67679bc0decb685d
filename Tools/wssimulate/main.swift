import ToolSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

let parser = CommandLineParser(
    program: "wssimulate",
    usage: """
        Usage: wssimulate [options]

        Runs servers and clients on an in-memory network with a virtual clock, everything drawn from a seed, and checks what
        the library promises after each step. One line a run; the first that fails ends it with status 1.
        Tools/simulate does this on all processors and shrinks what fails.
        """,
    options: [
        .init("--seed", value: "N", help: "the first seed (1)"),
        .init("--step", value: "N", help: "what to add for the next one (1)"),
        .init("--seeds", value: "N", help: "how many seeds to run at least (1)"),
        .init("--hours", value: "N", help: "how many hours to simulate at least (0)"),
        .init("--seconds", value: "N", help: "how long there is trouble, instead of what the seed says"),
        .init("--clients", value: "N", help: "how many clients there are at a time"),
        .init("--servers", value: "N", help: "how many servers there are"),
        .init("--faults", value: "A,B", help: "which kinds of trouble, of those the seed says: all, none, or names"),
        .init("--tls", value: "WHICH", help: "which servers speak TLS: all or none, instead of what the seed says"),
        .init("--plant", value: "NAME", help: "let the observer lie, which has to be found"),
        .init("--describe", help: "only say what the seed has drawn"),
        .init("--lines", value: "N", help: "print the last lines of the transcript of each run"),
    ])

let names = Set(parser.string("--faults")?.split(separator: ",").map(String.init) ?? ["all"])
let allowed = Fault.allCases.filter { names.contains("all") || names.contains($0.rawValue) }
let unknown = names.subtracting(Fault.allCases.map(\.rawValue) + ["all", "none"])
if !unknown.isEmpty { parser.fail("no such trouble: \(unknown.sorted().joined(separator: ", "))") }

var seed = UInt64(parser.integer("--seed", in: 0...Int.max) ?? 1)
let step = UInt64(parser.integer("--step", in: 1...1_000_000) ?? 1)
let seedCount = parser.integer("--seeds", in: 0...Int.max) ?? 1
let wanted = Duration.seconds(3600) * (parser.integer("--hours", in: 0...1_000_000) ?? 0)
let lineCount = parser.integer("--lines", in: 0...1_000_000) ?? 0

var simulated = Duration.zero
var runs = 0
while runs < seedCount || simulated < wanted {
    var scenario = Scenario(seed: seed, meanDuration: .seconds(180))
    if let seconds = parser.integer("--seconds", in: 1...1_000_000) { scenario.duration = .seconds(seconds) }
    scenario.clientCount = parser.integer("--clients", in: 1...1000) ?? scenario.clientCount
    scenario.serverCount = parser.integer("--servers", in: 1...100) ?? scenario.serverCount
    scenario.faults.formIntersection(allowed)
    scenario.isSecure = parser.choice("--tls", of: ["all", "none"]).map { $0 == "all" }
    if let name = parser.choice("--plant", of: Plant.allCases.map(\.rawValue)) {
        scenario.planted = Plant(rawValue: name)
    }
    if parser.has("--describe") {
        let faults = Fault.allCases.filter(scenario.has).map(\.rawValue).joined(separator: ",")
        StandardOutput.write(
            "clients \(scenario.clientCount) servers \(scenario.serverCount) "
                + "seconds \(scenario.duration.milliseconds / 1000) faults \(faults)\n")
        break
    }
    let world = World(scenario, keepingLines: lineCount)
    world.run()
    for line in world.transcript.lines.suffix(lineCount) { StandardOutput.write(line + "\n") }
    let faults = world.faults.map { "\($0.name)=\($0.count)" }.joined(separator: " ")
    let seconds = scenario.duration.milliseconds / 1000
    let hash = String(world.transcript.hash, radix: 16)
    StandardOutput.write("seed \(seed) hash \(hash) seconds \(seconds) \(faults)\n")
    if let violation = world.violation {
        StandardOutput.write("violation \(violation.promise.rawValue) \(violation.text)\n")
        exit(1)
    }
    simulated += scenario.duration
    runs += 1
    seed &+= step
}
