namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Credentials could not be had while the process runs. The message is for an operator and holds no secret.</summary>
internal sealed class ClusterCredentialException(string message, Exception? innerException = null) : Exception(message, innerException);
