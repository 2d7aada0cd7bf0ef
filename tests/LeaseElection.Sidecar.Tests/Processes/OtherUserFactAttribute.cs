namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>
/// A test whose command becomes another user, which only root can have it do: skipped with the reason for anybody else, failing there when
/// <c>CI=true</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherUserFactAttribute : FactAttribute
{
    public OtherUserFactAttribute() => Skip = Reason;

    /// <summary>Why to skip; <see langword="null"/>: do not.</summary>
    public static string? Reason { get; } =
        Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "only root can start a process of another user";
}
