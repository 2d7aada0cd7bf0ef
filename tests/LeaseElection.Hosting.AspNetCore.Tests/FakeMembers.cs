using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>Members that are as a test says, and stay so.</summary>
internal sealed class FakeMembers(params ElectionMember[] members) : IElectionMembers
{
    public IReadOnlyList<ElectionMember> Members => members;

    public bool IsComplete { get; init; }

    public async IAsyncEnumerable<IReadOnlyList<ElectionMember>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return members;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
