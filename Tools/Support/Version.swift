/// The version of the project, which all its tools share.
public enum Version {
    /// Major, minor and patch.
    public static let current = "0.1.0"
}
