using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>Where a scene tells what it sees in a process that is no test.</summary>
internal sealed class ConsoleOutput : ITestOutputHelper
{
    public void WriteLine(string message) => Console.WriteLine(message);

    public void WriteLine(string format, params object[] args) => Console.WriteLine(format, args);
}
