namespace LeaseElection.Testing.ApiServer;

/// <summary>Somebody the API server knows by a bearer token and who may do nothing but what was granted.</summary>
/// <param name="Name">The user's name, as in a RoleBinding.</param>
/// <param name="Token">The bearer token.</param>
/// <param name="TokenFile">A file that holds the token, as a pod's service account has.</param>
public sealed record ApiServerUser(string Name, string Token, string TokenFile);
