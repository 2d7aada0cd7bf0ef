using System.Globalization;

namespace LeaseElection.Benchmarks;

/// <summary>The command line of the fail-over benchmark.</summary>
internal sealed record FailoverOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- failover [options]

        Starts replicas as processes against a real API server and measures how long nobody leads.

          --replicas N        processes that compete                                   (3)
          --trials N          hand-overs by SIGTERM                                    (20)
          --kills N           take-overs after SIGKILL; each takes a lease duration    (10)
          --lease SECONDS     LeaseDuration                                            (15)
          --deadline SECONDS  RenewDeadline                                            (10)
          --retry SECONDS     RetryPeriod                                              (2)
          --settle SECONDS    extra wait before each signal: 120 lets idle connections of standbys be closed (0)
          --announce 0|1      with events and the leader label on, a Pod for each replica      (0)
          --connect WAY       default; kubernetesclient, as a KubernetesClientConfiguration says; or both, one after the other (default)
          --idle SECONDS      how long requests are counted while nothing happens; 0: not at all (60)
        """;

    public int Replicas { get; private set; } = 3;

    public int Trials { get; private set; } = 20;

    public int Kills { get; private set; } = 10;

    public int Lease { get; private set; } = 15;

    public int Deadline { get; private set; } = 10;

    public int Retry { get; private set; } = 2;

    public int Settle { get; private set; }

    public int Announce { get; private set; }

    public int Idle { get; private set; } = 60;

    /// <summary>The ways to the API server, each with replicas of its own.</summary>
    public IReadOnlyList<string> Ways { get; private set; } = [Replica.DefaultWay];

    /// <summary>The options, or <see langword="null"/> when the command line is wrong.</summary>
    public static FailoverOptions? Parse(string[] args)
    {
        var options = new FailoverOptions();
        if (args.Length % 2 != 0)
            return null;
        for (int i = 0; i < args.Length; i += 2)
        {
            if (args[i] == "--connect")
            {
                if (!options.SetWay(args[i + 1]))
                    return null;
                continue;
            }

            if (!int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) || !options.Set(args[i], value))
                return null;
        }

        return options.Replicas >= 2 ? options : null;
    }

    private bool SetWay(string value)
    {
        string[] ways = [Replica.DefaultWay, Replica.KubernetesClientWay];
        Ways = value == "both" ? ways : [value];
        return value == "both" || ways.Contains(value);
    }

    private bool Set(string option, int value)
    {
        switch (option)
        {
            case "--replicas":
                Replicas = value;
                return true;
            case "--trials":
                Trials = value;
                return true;
            case "--kills":
                Kills = value;
                return true;
            case "--lease":
                Lease = value;
                return true;
            case "--deadline":
                Deadline = value;
                return true;
            case "--retry":
                Retry = value;
                return true;
            case "--settle":
                Settle = value;
                return true;
            case "--announce":
                Announce = value;
                return value <= 1;
            case "--idle":
                Idle = value;
                return true;
            default:
                return false;
        }
    }
}
