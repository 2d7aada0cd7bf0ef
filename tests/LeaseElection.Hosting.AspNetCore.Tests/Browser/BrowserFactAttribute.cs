namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>A fact that needs Chromium: skipped with the reason on a machine that has none, failing there when <c>CI=true</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    private readonly bool _withCluster;

    /// <summary>Decides whether to skip.</summary>
    public BrowserFactAttribute() => Skip = BrowserProgram.SkipReason;

    /// <summary>Whether it needs the real API server as well.</summary>
    public bool WithCluster
    {
        get => _withCluster;
        init
        {
            _withCluster = value;
            Skip = value ? BrowserProgram.SkipReasonWithCluster : BrowserProgram.SkipReason;
        }
    }
}
