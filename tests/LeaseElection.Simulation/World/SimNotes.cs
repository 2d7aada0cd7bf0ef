using System.Globalization;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;

namespace LeaseElection.Simulation;

/// <summary>
/// What the work of one term says with its lease: now and then, or all the time, also when it is late and its term is over.
/// </summary>
internal sealed class SimNotes(World world, SimProcess process, TermFacts term)
{
    /// <summary>What each term says from its first instant: whose it is.</summary>
    public const string Who = "who";

    /// <summary>What a person writes begins so.</summary>
    public const string OfPerson = "person ";

    private static readonly string[] Keys = ["a", "b", "c"];

    private readonly TimeSpan _pause = TimeSpan.FromMilliseconds(world.Random.Next(3) == 0 ? 40 : 3000);

    public static long NumberOf(NoteWrite write) => ((Numbered)write).Number;

    /// <summary>-1: it is none of ours.</summary>
    public static long NumberOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;

    public void Start() => world.In(world.Upto(_pause), Say);

    private void Say()
    {
        if (process.IsDead || process.Work is not { } work || work.Facts != term)
            return;
        process.WhenAwake(() => process.Post(new ElectionInput.NoteWanted(Next())));
        if (!work.IsEnded)
            world.In(world.Upto(_pause), Say);
    }

    private Numbered Next()
    {
        long number = ++world.Notes;
        string? text = world.Random.Next(8) == 0 ? null : number.ToString(CultureInfo.InvariantCulture);
        return new Numbered(
            term, Keys[world.Random.Next(Keys.Length)], text, world.Random.Next(3) == 0 ? NoteLife.Term : NoteLife.Lease, number);
    }

    private sealed class Numbered(TermFacts term, string key, string? value, NoteLife life, long number) : NoteWrite(term, key, value, life)
    {
        public long Number => number;
    }
}
