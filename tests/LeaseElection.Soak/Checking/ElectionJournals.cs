using System.Globalization;

namespace LeaseElection.Soak.Checking;

/// <summary>
/// What the work of all elections of one process wrote down: lines of journals, each with the number of its election in front.
/// </summary>
internal sealed class ElectionJournals
{
    private readonly Dictionary<int, ProcessJournal> _journals = [];
    private readonly List<string> _damage = [];

    /// <summary>What no process may write.</summary>
    public IEnumerable<string> Damage =>
    [
        .. _damage,
        .. from journal in _journals from damage in journal.Value.Damage select $"election {journal.Key}: {damage}",
    ];

    public static string Line(int election, object line) => string.Create(CultureInfo.InvariantCulture, $"{election} {line}");

    public ProcessJournal Of(int election)
    {
        if (!_journals.TryGetValue(election, out ProcessJournal? journal))
            _journals[election] = journal = new ProcessJournal();
        return journal;
    }

    /// <summary>Takes in one whole line.</summary>
    public void Add(string text)
    {
        if (text.Split(' ', 2) is [var number, var line]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int election))
            Of(election).Add(line);
        else
            _damage.Add($"no line of an election: '{text}'");
    }
}
