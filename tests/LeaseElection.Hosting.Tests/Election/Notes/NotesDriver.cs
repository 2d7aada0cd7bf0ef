using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Notes;

/// <summary>Says notes by hand, and tells what has become of them.</summary>
internal static class NotesDriver
{
    /// <summary>The present term wants to say a note.</summary>
    public static NoteWrite Say(this ElectorDriver driver, string key, string? value, NoteLife life = NoteLife.Lease)
    {
        NoteWrite write = new(driver.Elector.Term!.Facts, key, value, life);
        driver.Give(new ElectionInput.NoteWanted(write));
        return write;
    }

    /// <summary>What has become of a note; <see langword="null"/> as long as nobody knows.</summary>
    public static NoteOutcome? OutcomeOf(this ElectorDriver driver, NoteWrite write) =>
        driver.All<ElectionOutput.NotesSettled>().SingleOrDefault(settled => settled.Writes.Contains(write))?.Outcome;

    /// <summary>A third party edits annotations, as with <c>kubectl annotate</c>, and the watch tells it.</summary>
    public static Lease Annotate(this ElectorDriver driver, string name, string? value, bool told = true)
    {
        Lease lease = driver.Server.Put(
            new LeaseWrite(driver.Server.Current!.Record) { Annotations = new Dictionary<string, string?> { [name] = value } });
        if (told)
            driver.See(lease);
        return lease;
    }

    public static string? Annotation(this ElectorDriver driver, string name) =>
        driver.Server.Current!.ReadAnnotations().GetValueOrDefault(name);

    public static string? Shown(this ElectorDriver driver, string key) => driver.Elector.Notes.GetValueOrDefault(key);
}
