namespace LeaseElection.Hosting.AspNetCore;

/// <summary>On an endpoint: it requires leadership in an election that this host does not have.</summary>
internal sealed record UnknownElection(string Message);
