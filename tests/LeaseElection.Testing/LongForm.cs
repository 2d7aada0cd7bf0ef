namespace LeaseElection.Testing;

/// <summary>
/// Whether tests may take minutes: <c>tests/run --long</c>, or <c>LEASEELECTION_LONG=true</c>. A test of processes that is as good with
/// fewer of them, or for less time, does so where CI runs it, and all of it here.
/// </summary>
public static class LongForm
{
    /// <summary>Whether somebody asked for it.</summary>
    public static bool IsAskedFor { get; } = Environment.GetEnvironmentVariable("LEASEELECTION_LONG") == "true";
}
