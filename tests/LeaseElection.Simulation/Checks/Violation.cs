namespace LeaseElection.Simulation;

/// <summary>A promise of the library that was seen broken, at a true time.</summary>
internal sealed record Violation(TimeSpan At, string Rule, string What)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Rule}: {What} (at {At.TotalSeconds:0.0000} s)");
}
