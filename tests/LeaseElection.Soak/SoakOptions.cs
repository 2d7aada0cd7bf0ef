using System.Globalization;

namespace LeaseElection.Soak;

/// <summary>The command line of the long run.</summary>
internal sealed record SoakOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Soak -- soak [options]

        Keeps replicas (processes of their own), a fault proxy before each, a real API server and a random nemesis going, and checks from
        what all leader work wrote down that no two terms' work overlapped, that fencing tokens grew, that somebody led whenever the world
        was well, and that nothing leaked. Exit code 0 when all of that is so.

          --minutes N        how long                                              (3)
          --seed N           of the nemesis's choices; printed. Real processes make no run the same as another: with the seed the same
                             faults come in the same order, but not at the same instants           (random)
          --replicas N       processes that compete                                (5)
          --elections N      in each of them, over one connection, and one watch from nine on; each is checked by itself. What people
                             do to a lease is done to the first                    (1)
          --lease SECONDS    LeaseDuration; RenewDeadline is two thirds of it      (5)
          --keep             what every replica wrote is kept, also when all is well
          --break            the first replica's work ignores its stop token: the run must find overlaps and fail
        """;

    public double Minutes { get; private set; } = 3;

    public int Seed { get; private set; } = Random.Shared.Next();

    public int Replicas { get; private set; } = 5;

    public int Elections { get; private set; } = 1;

    public int Lease { get; private set; } = 5;

    public bool Break { get; private set; }

    public bool Keep { get; private set; }

    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes);

    public TimeSpan LeaseDuration => TimeSpan.FromSeconds(Lease);

    public TimeSpan RenewDeadline => TimeSpan.FromMilliseconds(Math.Floor(Lease * 20 / 3.0) * 100);

    public TimeSpan RetryPeriod => TimeSpan.FromSeconds(Math.Min(Lease / 5.0, 2));

    /// <summary>The time in which work stops once leadership is lost: the library's default.</summary>
    public TimeSpan StopTimeout => LeaseDuration - RenewDeadline;

    /// <summary>
    /// How long after the last fault somebody leads: the lease of a leader that has just died, the hung request of a standby and its next
    /// attempt (design 2), and what a busy machine adds.
    /// </summary>
    public TimeSpan Liveness
    {
        get
        {
            TimeSpan request = RenewDeadline / 3 < TimeSpan.FromSeconds(2.5) ? RenewDeadline / 3 : TimeSpan.FromSeconds(2.5);
            return LeaseDuration + request + (2 * RetryPeriod) + TimeSpan.FromSeconds(3);
        }
    }

    /// <summary>The options, or <see langword="null"/> when the command line is wrong.</summary>
    public static SoakOptions? Parse(IEnumerable<string> args)
    {
        var options = new SoakOptions();
        using IEnumerator<string> words = args.GetEnumerator();
        while (words.MoveNext())
        {
            string name = words.Current;
            if (name == "--break")
                options.Break = true;
            else if (name == "--keep")
                options.Keep = true;
            else if (!words.MoveNext() || !options.Set(name, words.Current))
                return null;
        }

        return options is { Replicas: >= 3, Elections: >= 1, Lease: >= 3, Minutes: > 0 } ? options : null;
    }

    private bool Set(string name, string value)
    {
        if (name == "--minutes" && double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double minutes))
        {
            Minutes = minutes;
            return true;
        }

        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return false;
        switch (name)
        {
            case "--seed":
                Seed = number;
                return true;
            case "--replicas":
                Replicas = number;
                return true;
            case "--elections":
                Elections = number;
                return true;
            case "--lease":
                Lease = number;
                return true;
            default:
                return false;
        }
    }
}
