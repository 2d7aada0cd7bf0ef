using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>
/// The positive control: where client-go has two leaders, a rebuilt client-go has them in this simulator too, as often and for as long; and
/// in the same situations we have one.
/// </summary>
internal static class ClientGoReport
{
    public const int UsualRuns = 1000;

    private static readonly int[] Widths = [52, 9, 7, 14, 33, 16];

    /// <summary>Returns how many situations did not come out as they must.</summary>
    public static int Write(TextWriter to, int runs = UsualRuns)
    {
        LeaseTrial[] trials = [.. LeaseCases.All.Select(situation => LeaseTrial.Run(situation, runs, runs))];
        to.WriteLine("Two leaders at once: client-go's algorithm rebuilt in this simulator, unmodified client-go as measured before,");
        Say(to, $"and this library in the same situations; {runs:N0} runs each, {ClientGoWorld.Standbys} standbys, perfect clocks:");
        to.WriteLine();
        WriteRow(to, "lease/deadline/retry in seconds, and what happens", "client-go", "longest", "published", "at most", "here");
        WriteRow(to, [.. Widths.Select(width => new string('-', width))]);
        foreach (LeaseTrial trial in trials)
            Write(to, trial);
        to.WriteLine();
        foreach (LeaseTrial trial in trials)
        {
            foreach (string refusal in trial.Refusals)
                to.WriteLine($"{trial.Case.Name} is refused: {refusal}");
        }

        string[] problems = [.. trials.SelectMany(trial => trial.Problems)];
        foreach (string problem in problems)
            to.WriteLine(problem);
        Say(to, $"Situations that did not come out as they must: {problems.Length}");
        return problems.Length;
    }

    private static void Write(TextWriter to, LeaseTrial trial)
    {
        LeaseCase situation = trial.Case;
        WriteRow(
            to,
            situation.Name,
            Text($"{trial.ClientGo.Percent:0.0} %"),
            Text($"{trial.ClientGo.Longest.TotalSeconds:0.00} s"),
            Text($"{situation.PublishedPercent:0} %, {situation.PublishedOverlap:0.00} s"),
            situation.PublishedPercent == 0 ? situation.Formula : Text($"{situation.Formula} = {situation.Most:0.0} s"),
            trial.Ours is { } ours ? Text($"{ours.WithTwo} of {ours.Runs:N0}") : "refused at start");
    }

    private static void WriteRow(TextWriter to, params string[] cells) =>
        to.WriteLine($"| {string.Join(" | ", cells.Zip(Widths, (cell, width) => cell.PadRight(width)))} |");

    private static void Say(TextWriter to, FormattableString text) => to.WriteLine(Text(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
