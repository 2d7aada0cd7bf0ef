using System.Security.Authentication;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The server has shown a certificate that we do not go by. Told from all else that ends a handshake: who reads of it looks at the
/// authorities, and would find nothing there if the server had only gone.
/// </summary>
/// <param name="message">Why, and what to do about it.</param>
internal sealed class UntrustedServerException(string message) : AuthenticationException(message);
