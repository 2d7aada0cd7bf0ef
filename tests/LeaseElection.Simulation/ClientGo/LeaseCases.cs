namespace LeaseElection.Simulation;

/// <summary>Thirteen situations, with the figures that were measured in them with unmodified client-go.</summary>
internal static class LeaseCases
{
    private static readonly ClientGoConfig Usual = ClientGoConfig.Of(15, 10, 2);
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(5);

    // Where renewals come faster than whole seconds, five of them look like one: the first and the last are 4 * 0.2 s apart.
    public static IReadOnlyList<LeaseCase> All { get; } =
    [
        new("15/10/2, hang", Usual, LeaseFault.Hang) { PublishedPercent = 0, PublishedOverlap = 0, Most = 0, Formula = "2 + 10 <= 15" },
        new("11/10/2, hang, no latency", ClientGoConfig.Of(11, 10, 2), LeaseFault.Hang)
        {
            Latency = TimeSpan.Zero, PublishedPercent = 12, PublishedOverlap = 0.90, Most = 1, Formula = "2 + 10 - 11",
        },
        new("15/10/2, reply 9.9 s late, hang", Usual, LeaseFault.Hang)
        {
            LateReply = TimeSpan.FromSeconds(9.9), PublishedPercent = 100, PublishedOverlap = 6.85, Most = 6.9,
            Formula = "9.9 + 2 + 10 - 15",
        },
        new("15/10/2, reply 4.9 s late, hang, request timeout 5 s", Usual with { RequestTimeout = Half }, LeaseFault.Hang)
        {
            LateReply = TimeSpan.FromSeconds(4.9), PublishedPercent = 45, PublishedOverlap = 1.87, Most = 1.9,
            Formula = "4.9 + 2 + 10 - 15",
        },
        new(
            "15/10/2, ReleaseOnCancel, hang, request timeout 5 s", Usual with { ReleaseOnCancel = true, RequestTimeout = Half },
            LeaseFault.Hang)
        {
            PublishedPercent = 48, PublishedOverlap = 2.00, Most = 2, Formula = "2 + 10 + 5 - 15",
        },
        new("15/10/2, ReleaseOnCancel, hang", Usual with { ReleaseOnCancel = true }, LeaseFault.Hang)
        {
            PublishedPercent = 100, PublishedOverlap = 6.92, Most = 7, Formula = "2 + 10 + 10 - 15",
        },
        new("15.9/15.5/2, hang", ClientGoConfig.Of(15.9, 15.5, 2), LeaseFault.Hang)
        {
            PublishedPercent = 67, PublishedOverlap = 2.47, Most = 2.5, Formula = "2 + 15.5 - 15",
        },
        new("15/15/5, hang", ClientGoConfig.Of(15.001, 15, 5), LeaseFault.Hang)
        {
            ConfigOfOurs = ClientGoConfig.Of(15, 15, 5), PublishedPercent = 56, PublishedOverlap = 4.90, Most = 5, Formula = "5 + 15 - 15",
        },
        new("2/1.5/0.2, hang", ClientGoConfig.Of(2, 1.5, 0.2), LeaseFault.Hang)
        {
            PublishedPercent = 38, PublishedOverlap = 0.48, Most = 0.5, Formula = "0.2 + 1.5 - (2 - 4 * 0.2)",
        },
        new("1/0.8/0.2, healthy network for 60 s", ClientGoConfig.Of(1, 0.8, 0.2), LeaseFault.None)
        {
            PublishedPercent = 14, PublishedOverlap = 0.82, Most = 0.8, Formula = "0.2 + 0.8 - (1 - 4 * 0.2)",
        },
        new("15/10/2, lease deleted", Usual, LeaseFault.LeaseDeleted)
        {
            PublishedPercent = 63, PublishedOverlap = 11.9, Most = 12, Formula = "2 + 10",
        },
        new("15/10/2, holder cleared", Usual, LeaseFault.HolderCleared)
        {
            PublishedPercent = 67, PublishedOverlap = 11.9, Most = 12, Formula = "2 + 10",
        },
        new("15/10/2, leader's wall clock stuck", Usual, LeaseFault.WallClockStuck)
        {
            PublishedPercent = 100, PublishedOverlap = 12.0, Most = 12, Formula = "2 + 10",
        },
    ];
}
