namespace LeaseElection.Testing.Telemetry;

/// <summary>One measurement, as a listener saw it.</summary>
public sealed record Measured(string Instrument, double Value, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>The value of a tag; <see langword="null"/> when it is not there.</summary>
    public string? this[string tag] => Tags.GetValueOrDefault(tag);

    public override string ToString() => $"{Instrument} {Value} {string.Join(' ', Tags.Select(tag => $"{tag.Key}={tag.Value}"))}";
}
