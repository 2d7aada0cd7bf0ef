using LeaseElection.Hosting.Election.Notes;

namespace LeaseElection.Simulation;

/// <summary>What people and programs do to the lease that are no electors: kubectl, a label controller, a restored manifest.</summary>
internal sealed class PeopleInjections(World world)
{
    private static readonly TimeSpan LabelEvery = TimeSpan.FromSeconds(1);

    private static readonly string?[] Counts =
        [null, "", "many", "-7", "3.5", "0", "1", "2", "3", "7", "40", "2147483647", "2147483648", "99999999999999999999"];

    private TimeSpan _labelsUntil;

    public void Inject(FaultKind kind, TimeSpan time)
    {
        switch (kind)
        {
            case FaultKind.LabelEdits:
                bool isEditing = world.Now < _labelsUntil;
                _labelsUntil = world.Now + time + (world.Scenario.Settings.LeaseDuration * 6);
                if (!isEditing)
                    EditLabels();
                return;
            case FaultKind.LeaseDeleted:
                world.Server.Delete();
                break;
            case FaultKind.HolderCleared:
                world.Server.Edit(record => record with { HolderIdentity = world.Random.Next(2) == 0 ? "" : null });
                break;
            case FaultKind.HolderReplaced:
                world.Server.Edit(record => record with { HolderIdentity = "kubectl-edit" });
                break;
            case FaultKind.DurationEdited:
                world.Server.Edit(record => record with { LeaseDurationSeconds = 1 + world.Random.Next(30) });
                break;
            case FaultKind.IdentityStolen:
                world.Server.Edit(record => record with { RenewTime = record.RenewTime?.AddSeconds(1) });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such fault.");
        }

        // The lease changed hands by hand: whoever waits, waits from now on.
        world.Trouble(null, TimeSpan.Zero);
    }

    /// <summary>A person writes whatever it likes where take-overs are counted; takes it away, or does not know how that is done.</summary>
    public static void EditTakeOvers(World world)
    {
        if (world.Now >= world.Scenario.HealedAt || world.Server.Current is not { } lease
            || NoteAnnotations.MarkOf(lease.Record) is not { } mark)
            return;
        string? text = Counts[world.Random.Next(Counts.Length)];
        string? value = text is null ? null : world.Random.Next(8) == 0 ? text : mark + text;
        world.Server.Edit(record => record, new Dictionary<string, string?> { [TakeOverOracle.Annotation] = value });
    }

    /// <summary>A person writes a note, or takes one away that may not be there.</summary>
    private Dictionary<string, string?> Note() => new()
    {
        ["note.leaseelection.dev/" + "abc"[world.Random.Next(3)]] = world.Random.Next(3) == 0
            ? null
            : SimNotes.OfPerson + world.Now.TotalSeconds,
    };

    private void EditLabels()
    {
        if (world.Now >= _labelsUntil)
            return;
        world.Server.Edit(record => record, world.Scenario.SaysNotes ? Note() : null);
        world.In(LabelEvery, EditLabels);
    }
}
