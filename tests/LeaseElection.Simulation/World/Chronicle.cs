using System.Globalization;
using System.Text;

namespace LeaseElection.Simulation;

/// <summary>
/// The timeline of one world, for a person to read: kept only when a seed is replayed, since it costs more than the world.
/// </summary>
internal sealed class Chronicle
{
    private readonly StringBuilder _text = new();

    public void Add(TimeSpan at, string who, string what) =>
        _text.Append(CultureInfo.InvariantCulture, $"{at.TotalSeconds,10:0.0000}  {who,-7} {what}\n");

    public override string ToString() => _text.ToString();
}
