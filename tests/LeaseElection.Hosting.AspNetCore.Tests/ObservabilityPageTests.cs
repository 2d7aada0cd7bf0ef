using LeaseElection.Hosting.Tests;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>The table of docs/observability.md names what endpoints log, all of it and nothing else.</summary>
public sealed class ObservabilityPageTests
{
    [Fact]
    public void LogTable_IsEveryLoggerMessage() => LogTable.IsEveryMessageOf(typeof(EndpointLog).Assembly, "id of endpoints");
}
