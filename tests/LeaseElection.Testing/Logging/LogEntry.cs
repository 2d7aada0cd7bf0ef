using Microsoft.Extensions.Logging;

namespace LeaseElection.Testing.Logging;

/// <summary>One message that was logged.</summary>
public sealed record LogEntry(string Category, LogLevel Level, EventId Id, string Message, Exception? Exception);
