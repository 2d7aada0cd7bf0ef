using System.Collections.Concurrent;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// The types of exceptions as values of a tag. Bounded, because what user code throws is not ours to know: a type made at run time for
/// each fault would be a new time series for each.
/// </summary>
internal sealed class ErrorTypes
{
    public const int Most = 50;

    private readonly ConcurrentDictionary<Type, string> _names = new();

    public string Of(Exception exception)
    {
        Type type = exception.GetType();
        if (_names.TryGetValue(type, out string? name))
            return name;
        return _names.Count < Most ? _names.GetOrAdd(type, type.FullName ?? type.Name) : TelemetryTags.OtherError;
    }
}
