namespace LeaseElection.Samples.Tests;

/// <summary>A line that a replica printed.</summary>
/// <param name="Number">Its place among the lines of that replica, from 0.</param>
/// <param name="At">When it was read: a timestamp of <see cref="TimeProvider.System"/>.</param>
/// <param name="Text">What it says.</param>
internal sealed record Line(int Number, long At, string Text)
{
    public bool Says(string text) => Text.Contains(text, StringComparison.Ordinal);
}
