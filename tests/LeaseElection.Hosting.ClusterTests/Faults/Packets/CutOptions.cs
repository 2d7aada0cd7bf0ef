using System.Globalization;
using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>The command line of <see cref="CutTrials"/>.</summary>
internal sealed record CutOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Hosting.ClusterTests -- dropped [options]

        Two replicas of each elector stand for a lease of a real API server, each in a network namespace of its own. The packets between the
        leader and the API server vanish, both ways; nothing is refused or reset. Measures when work stopped and when the next began.

          --electors NAMES    which, with commas between: ours, client-go, client-go-release (ReleaseOnCancel),
                              python                                               (ours,client-go,client-go-release)
          --trials N          cuts, of all electors at the same time               (5)
          --lease SECONDS     LeaseDuration                                        (15)
          --deadline SECONDS  RenewDeadline                                        (10)
          --retry SECONDS     RetryPeriod                                          (2)
          --heal SECONDS      how long the cut lasts; 0: for good                  (0)
        """;

    public string[] Electors { get; private set; } = [CutTrial.Ours, CutTrial.ClientGo, CutTrial.ClientGoRelease];

    public int Trials { get; private set; } = 5;

    public ElectorTimings Timings { get; private set; } = new(15, 10, 2);

    /// <summary>How long the cut lasts; <see langword="null"/>: for good.</summary>
    public TimeSpan? Heal { get; private set; }

    /// <summary>The options, or <see langword="null"/> when the command line is wrong.</summary>
    public static CutOptions? Parse(string[] args)
    {
        var options = new CutOptions();
        return args.Length % 2 == 0 && args.Chunk(2).All(option => options.Set(option[0], option[1])) ? options : null;
    }

    private bool Set(string option, string text)
    {
        if (option == "--electors")
        {
            Electors = text.Split(',');
            return Electors.All(elector => elector is CutTrial.Ours or CutTrial.ClientGo or CutTrial.ClientGoRelease or CutTrial.Python);
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            return false;
        switch (option)
        {
            case "--trials":
                Trials = value;
                return true;
            case "--lease":
                Timings = Timings with { LeaseSeconds = value };
                return true;
            case "--deadline":
                Timings = Timings with { DeadlineSeconds = value };
                return true;
            case "--retry":
                Timings = Timings with { RetrySeconds = value };
                return true;
            case "--heal":
                Heal = value == 0 ? null : TimeSpan.FromSeconds(value);
                return true;
            default:
                return false;
        }
    }
}
