namespace LeaseElection.Simulation;

/// <summary>
/// How many requests (and watches opened) one process may send in ten seconds, whatever the server does: what the retry pace allows,
/// three for a renewal that somebody else's edit got in the way of (write, read, write), and a few immediate ones.
/// </summary>
internal static class RequestBudget
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Two a second, whatever is said.</summary>
    private const int ForNotes = 2 * 10;

    public static void Count(World world, SimProcess process)
    {
        Queue<TimeSpan> sent = process.Truth.Requests;
        sent.Enqueue(world.Now);
        process.Truth.SentInAll++;
        while (sent.Peek() < world.Now - Window)
            sent.Dequeue();
        if (sent.Count > Most(process.Settings) + (world.Scenario.SaysNotes ? ForNotes : 0))
            world.Oracle.Fail($"{sent.Count} requests within {Window.TotalSeconds:0} s", process);
    }

    private static double Most(Hosting.Election.ElectorSettings settings)
    {
        double retry = Math.Max(settings.RetryPeriod.TotalSeconds * 0.8, 0.05);
        double renew = settings.RenewInterval.TotalSeconds;
        return 40 + (Window.TotalSeconds / 0.9 * ((2 / retry) + (3 / renew)));
    }
}
