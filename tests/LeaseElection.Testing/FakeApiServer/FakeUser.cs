namespace LeaseElection.Testing.FakeApiServer;

/// <summary>Somebody the fake knows by a token, and what he may do with leases.</summary>
internal sealed record FakeUser(string Name, params string[] Verbs)
{
    public bool May(string verb) => Verbs.Contains("*") || Verbs.Contains(verb);
}
