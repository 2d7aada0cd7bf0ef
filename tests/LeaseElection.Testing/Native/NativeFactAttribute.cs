using LeaseElection.Testing.ApiServer;
using Xunit;

namespace LeaseElection.Testing.Native;

/// <summary>
/// A fact that links a native program: skipped with the reason on a machine that cannot, failing there when <c>CI=true</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    private readonly bool _withCluster;

    /// <summary>Decides whether to skip.</summary>
    public NativeFactAttribute() => Skip = NativeTools.SkipReason;

    /// <summary>Whether it needs the real API server as well.</summary>
    public bool WithCluster
    {
        get => _withCluster;
        init
        {
            _withCluster = value;
            Skip = (value ? ApiServerAssets.SkipReason : null) ?? NativeTools.SkipReason;
        }
    }
}
