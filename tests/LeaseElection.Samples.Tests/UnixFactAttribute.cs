namespace LeaseElection.Samples.Tests;

/// <summary>A test that sends signals.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "Needs a Unix: it sends signals.";
    }
}
