namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The store cannot be set up as configured: a file that is not there, an unknown context. Found before the host starts, which then
/// does not. The message names the option, its value, the rule and the fix.
/// </summary>
internal sealed class LeaseStoreConfigurationException(string message, Exception? innerException = null)
    : Exception(message, innerException);
