namespace LeaseElection.Hosting.Tests;

/// <summary>A test that needs signals, links or modes of a Unix.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "Needs a Unix: signals, links or file modes.";
    }
}
