using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// The times that we write are those of our wall clock or a little later, whatever others wrote before: some electors compare them with
/// a clock of their own, and would wait for us that much longer.
/// </summary>
internal static class WrittenTimes
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1.01);

    public static void Check(World world, Call call, LeaseRecord written)
    {
        LeaseRecord? before = (call.Request as ElectionOutput.Replace)?.Current.Record;
        if (before is null || before.HolderIdentity != written.HolderIdentity || SecondOf(before) != SecondOf(written))
            call.Process.Truth.SecondSince = call.SentAt;
        bool isUnseen = call.SentAt - call.Process.Truth.SecondSince > TimeSpan.FromSeconds(1);
        call.ProvesFrom = isUnseen ? call.SentAt : call.Process.Truth.SecondSince;
        if (world.ClientGo.Count > 0)
            return; // There it is client-go that judges our times, by what it does.
        if (isUnseen)
            world.Oracle.Fail("a renewal that client-go cannot see, and not for notes that were said just after one", call.Process);
        if (written.RenewTime is not { } time)
        {
            world.Oracle.Fail("a lease was written without renewTime", call.Process);
            return;
        }

        TimeSpan ahead = time - call.Wall;
        TimeSpan most = call.SentAt == call.ProvesFrom ? TimeSpan.Zero : TimeSpan.FromSeconds(1); // Notes alone leave the time as it was.
        if (ahead < -most - TimeSpan.FromMicroseconds(1) || ahead > Most(call.Process, before))
            world.Oracle.Fail(
                string.Create(
                    CultureInfo.InvariantCulture, $"renewTime is {ahead.TotalSeconds:0.000} s ahead of the clock of who wrote it"),
                call.Process);
    }

    private static long? SecondOf(LeaseRecord record) => record.RenewTime?.ToUnixTimeSeconds();

    /// <summary>
    /// Two seconds for who takes the lease from another: the rest of the present one, and the next. Who renews may be ahead by as many
    /// as a lease has (ten at least), or has renewals.
    /// </summary>
    private static TimeSpan Most(SimProcess process, LeaseRecord? before) => before?.HolderIdentity == process.Identity
        ? TimeSpan.FromSeconds(
            Math.Max(process.Settings.LeaseDuration.TotalSeconds, 10) / Math.Min(process.Settings.RenewInterval.TotalSeconds, 1)) + Step
        : Step * 2;
}
