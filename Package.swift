// swift-tools-version: 6.2
import PackageDescription

/// What every library module is compiled with: the newest language rules, and unsafe code marked where it stands.
let library: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

/// Programs and tests: the same language, without the memory-safety markings (macro expansions do not carry them).
let program: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// What is left out together with the trait.
func onlyWith(_ trait: String, _ name: String) -> Target.Dependency {
    .target(name: name, condition: .when(traits: [trait]))
}

func module(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/\(name)", exclude: exclude, swiftSettings: library)
}

func tool(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path ?? "Tools/\(name)", swiftSettings: program)
}

/// Programs to read and to copy from, one directory each in Tools/Examples. Tools/seeds runs them.
let examples = [
    "broadcast", "broadcast-others", "browser-client", "client-address", "client-authentication",
    "compressing-server", "event-target", "external-server", "heartbeat-client", "heartbeat-server", "jsh-client",
    "jsh-server", "round-trip-time", "secure-pair", "secure-server", "send-binary", "send-text", "server-stats",
    "session", "several-servers", "simple-server", "stream", "through-a-proxy", "uncompressed-client",
]

func example(_ name: String) -> Target {
    tool(name, ["WSNode", "WSJSH", "ToolSupport"], path: "Tools/Examples/\(name)")
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: program)
}

let package = Package(
    name: "swift-ws",
    products: [
        .library(name: "WSFrame", targets: ["WSFrame"]),
        .library(name: "WSHandshake", targets: ["WSHandshake"]),
        .library(name: "WSConnection", targets: ["WSConnection"]),
        .library(name: "WSDeflate", targets: ["WSDeflate"]),
        .library(name: "WSTLS", targets: ["WSTLS"]),
        .library(name: "WSReplay", targets: ["WSReplay"]),
        .library(name: "WSTransport", targets: ["WSTransport"]),
        .library(name: "WSNode", targets: ["WSNode"]),
        .library(name: "WSJSH", targets: ["WSJSH"]),
        .executable(name: "wsecho", targets: ["wsecho"]),
        .executable(name: "wscat", targets: ["wscat"]),
        .executable(name: "wsreplay", targets: ["wsreplay"]),
        .executable(name: "wsbench", targets: ["wsbench"]),
    ],
    traits: [
        .trait(name: "TLS", description: "wss and https through the system's OpenSSL."),
        .trait(name: "Compression", description: "permessage-deflate through the system's zlib."),
        .default(enabledTraits: ["TLS", "Compression"]),
    ],
    targets: [
        module("WSFrame"),
        module("WSHandshake"),
        module("WSConnection", ["WSFrame", "WSHandshake"]),
        module("WSDeflate", ["WSConnection", "WSHandshake", "CZlib"]),
        module("WSTLS", ["COpenSSL"]),
        module("WSReplay", ["WSConnection", "WSFrame", "WSHandshake"]),
        module("WSTransport", ["CSystem"]),
        module(
            "WSNode",
            [
                "WSFrame", "WSHandshake", "WSConnection", "WSTransport", "CSystem", onlyWith("TLS", "WSTLS"),
                onlyWith("Compression", "WSDeflate"),
            ],
            exclude: ["Differences.md"]),
        module("WSJSH", ["WSNode", "WSHandshake"]),
        .target(name: "CSystem", path: "Modules/CSystem"),
        .systemLibrary(
            name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "COpenSSL", path: "Modules/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        .target(
            name: "ToolSupport", dependencies: ["WSNode", onlyWith("TLS", "WSTLS")], path: "Tools/Support",
            swiftSettings: program),
        .target(
            name: "ToolRecording", dependencies: ["ToolSupport", "WSReplay", "WSConnection"], path: "Tools/Recording",
            swiftSettings: program),
        tool(
            "wsecho",
            ["ToolRecording", "WSNode", "WSConnection", "WSTransport", "WSHandshake", "WSFrame", "ToolSupport"]),
        tool("wscat", ["ToolRecording", "WSNode", "WSHandshake", "WSFrame", "ToolSupport"]),
        tool("wsreplay", ["WSReplay", "WSNode", "WSConnection", "WSTransport", "WSFrame", "ToolSupport"]),
        tool(
            "wsbench",
            [
                "WSNode", "WSConnection", "WSHandshake", "WSFrame", "WSTransport", "ToolSupport",
                onlyWith("Compression", "CZlib"),
            ]),
        tool(
            "wssimulate",
            [
                "WSNode", "WSConnection", "WSTransport", onlyWith("TLS", "WSTLS"), "WSHandshake", "WSFrame", "CSystem",
                "ToolSupport",
            ]),
        tool("wsjudge", ["WSConnection", "WSHandshake", "WSFrame", "ToolSupport"]),
        tool("wsdemo", ["WSNode", "ToolSupport"]),
        tool("httpecho", ["WSNode", "ToolSupport"], path: "Tools/Examples/httpecho"),
        tool("embedded", ["WSConnection", "WSTransport"], path: "Tools/Examples/embedded"),

        tests("WSFrameTests", ["WSFrame"]),
        tests("WSHandshakeTests", ["WSHandshake"]),
        tests("WSConnectionTests", ["WSConnection", "WSHandshake", "WSFrame"]),
        tests("WSDeflateTests", ["WSDeflate", "WSConnection", "WSHandshake", "WSFrame", "CZlib"]),
        tests("WSTLSTests", ["WSTLS", "TestCertificates"]),
        tests(
            "WSReplayTests",
            ["WSReplay", "WSNode", "WSTransport", "WSConnection", "WSHandshake", "WSFrame", "ToolSupport"]),
        tests("WSTransportTests", ["WSTransport", "CSystem"]),
        tests(
            "WSNodeTests",
            [
                "WSNode", "WSConnection", "WSTransport", "WSTLS", "WSHandshake", "WSFrame", "TestCertificates",
                "ToolSupport",
            ]),
        tests("WSJSHTests", ["WSJSH", "WSNode", "WSTransport"]),
        .target(
            name: "TestCertificates", dependencies: ["COpenSSL"], path: "Tests/TestCertificates", swiftSettings: program
        ),
    ] + examples.map(example)
)
