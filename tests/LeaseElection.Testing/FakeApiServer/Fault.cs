namespace LeaseElection.Testing.FakeApiServer;

/// <summary>Something that goes wrong with the next request that matches.</summary>
internal sealed record Fault
{
    /// <summary>get, create, update, delete or watch; <see langword="null"/>: any.</summary>
    public string? Verb { get; init; }

    public FaultKind Kind { get; init; }

    /// <summary>Whether the request is carried out all the same: the reply that got lost.</summary>
    public bool AfterCommit { get; init; }

    /// <summary>How many requests it befalls.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Passes before the request is looked at, or, after a commit, before the answer.</summary>
    public TimeSpan Delay { get; init; }

    public int Status { get; init; } = 200;

    public string Body { get; init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
