using LeaseElection.Hosting.Tests;
using LeaseElection.Sidecar.Exec;

namespace LeaseElection.Sidecar.Tests;

/// <summary>The table of docs/observability.md names what leader-elector logs, all of it and nothing else.</summary>
public sealed class ObservabilityPageTests
{
    [Fact]
    public void LogTable_IsEveryLoggerMessage() => LogTable.IsEveryMessageOf(typeof(CommandLog).Assembly, "id of leader-elector");
}
