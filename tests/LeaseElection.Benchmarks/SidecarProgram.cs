namespace LeaseElection.Benchmarks;

/// <summary>A published sidecar.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Folder">Where it is, with all that it needs.</param>
internal sealed record SidecarProgram(string Name, string Folder)
{
    public string File => Path.Combine(Folder, "leader-elector");

    /// <summary>In bytes, with what must be copied along.</summary>
    public long Size => new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
