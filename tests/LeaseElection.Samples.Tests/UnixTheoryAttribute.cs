namespace LeaseElection.Samples.Tests;

/// <summary>A test that sends signals, one for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "Needs a Unix: it sends signals.";
    }
}
