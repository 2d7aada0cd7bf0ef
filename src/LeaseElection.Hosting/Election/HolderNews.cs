namespace LeaseElection.Hosting.Election;

/// <summary>Tells of each holder once, other than this process.</summary>
internal sealed class HolderNews(ElectorSettings settings, ElectionTurn turn)
{
    private string? _told;

    /// <summary>This process wrote the lease last: whatever holder comes next is news.</summary>
    public void IsOurs() => _told = null;

    /// <summary>Somebody else wrote the lease last.</summary>
    public void Tell(string? holder)
    {
        if (holder == _told)
            return;
        _told = holder;
        turn.Report(holder == settings.Identity ? new ElectionEvent.IdentityInUse() : new ElectionEvent.HolderChanged(holder));
    }
}
