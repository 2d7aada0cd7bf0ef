namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>What must be so for a DELETE to be carried out; else the server answers 409.</summary>
internal sealed record DeletePreconditions(string Uid, string ResourceVersion);
