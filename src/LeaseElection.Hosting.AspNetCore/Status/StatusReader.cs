namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>What there is to be said of the elections of a host.</summary>
internal sealed class StatusReader
{
    private readonly Dictionary<string, TermHistory> _histories;
    private readonly TimeProvider _time;

    public StatusReader(ElectionDirectory elections, TimeProvider time, CancellationToken stopped)
    {
        Elections = elections;
        _time = time;
        _histories = elections.All.ToDictionary(election => election.Name, election => new TermHistory(election, time));
        Following = Task.WhenAll(_histories.Values.Select(history => history.FollowAsync(stopped)));
    }

    public ElectionDirectory Elections { get; }

    /// <summary>Ends with the host.</summary>
    public Task Following { get; }

    public AllElections ReadAll() => new(_time.GetUtcNow(), [.. Elections.All.Select(Read)]);

    public OneElection Read(ILeaderElection election)
    {
        (IReadOnlyList<SeenTerm> terms, DateTimeOffset? failingSince) = _histories[election.Name].Look();
        var one = OneElection.Of(election);

        IElectionMembers? members = Elections.MembersOf(election);

        // The election goes on between the two looks.
        return one with
        {
            Terms = terms,
            FailingSince = one.LastError is null ? null : failingSince ?? _time.GetUtcNow(),
            Members = members is null ? null : [.. members.Members.Select(SeenMember.Of)],
            MembersAreComplete = members?.IsComplete,
            Partitions = SeenPartitions.Of(Elections.PartitionsOf(election)),
        };
    }
}
