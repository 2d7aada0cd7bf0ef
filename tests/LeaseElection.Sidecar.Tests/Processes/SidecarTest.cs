using System.Text.Json;
using LeaseElection.Hosting.Leases.Files;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>A test with a folder, where the file store is, and any number of sidecars, which go with the test.</summary>
public abstract class SidecarTest : IAsyncLifetime
{
    private readonly List<SidecarProcess> _sidecars = [];

    protected string Folder { get; } = Directory.CreateTempSubdirectory("leaseelection-sidecar-").FullName;

    /// <summary>The lease in the file store.</summary>
    private protected string LeaseFile => Path.Combine(Folder, "default", "settlement", "lease.json");

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (SidecarProcess sidecar in _sidecars)
            await sidecar.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private protected async Task<SidecarProcess> StartAsync(params IReadOnlyList<string> arguments)
    {
        SidecarProcess sidecar = await SidecarProcess.StartAsync(Folder, arguments);
        _sidecars.Add(sidecar);
        return sidecar;
    }

    /// <summary>Over the file store, in a network of its own; see <see cref="NamespaceScript"/>.</summary>
    private protected async Task<SidecarProcess> StartInNamespaceAsync(string script, params IReadOnlyList<string> flags)
    {
        SidecarProcess sidecar = await SidecarProcess.StartInNamespaceAsync(
            Folder, script, ["--election=settlement", "--store=file", $"--store-directory={Folder}", .. flags]);
        _sidecars.Add(sidecar);
        return sidecar;
    }

    /// <summary>Over the file store.</summary>
    private protected Task<SidecarProcess> StartOverFilesAsync(params IReadOnlyList<string> arguments) =>
        StartAsync(["--election=settlement", "--store=file", $"--store-directory={Folder}", .. arguments]);

    /// <summary>Over the file store, with a shell script as its command. <c>$D</c> in it is the folder of the test.</summary>
    private protected Task<SidecarProcess> RunScriptAsync(string script, params IReadOnlyList<string> flags) =>
        StartOverFilesAsync([.. flags, "--", "bash", "-c", $"D={Folder}\n{script}"]);

    /// <summary>The same, with its standard error on a disk that is full.</summary>
    private protected Task<SidecarProcess> RunScriptOnAFullDiskAsync(string script) =>
        RunScriptByShellAsync("exec \"$@\" 2>/dev/full", script);

    /// <summary>The same, started by lines of the shell, in which <c>"$@"</c> is the program with its arguments.</summary>
    private protected async Task<SidecarProcess> RunScriptByShellAsync(string lines, string script, params IReadOnlyList<string> flags)
    {
        SidecarProcess sidecar = await SidecarProcess.StartByShellAsync(
            Folder, $"D={Folder}\n{lines}",
            [
                "--election=settlement", "--store=file", $"--store-directory={Folder}", .. flags,
                "--", "bash", "-c", $"D={Folder}\n{script}",
            ]);
        _sidecars.Add(sidecar);
        return sidecar;
    }

    /// <summary>
    /// Freezes it, but not in the middle of a write: it would hold the lock of the file store, and nobody could lead until it goes on.
    /// </summary>
    private protected async Task FreezeAsync(SidecarProcess sidecar)
    {
        while (true)
        {
            await sidecar.PauseAsync();
            if (IsStoreFree())
                return;
            sidecar.Send(UnixSignal.Continue);
            await sidecar.UntilAsync(IsStoreFree, "the end of a write");
        }

        bool IsStoreFree()
        {
            using FileLock? free = FileLock.TryTake(Path.ChangeExtension(LeaseFile, ".lock"), FileMode.OpenOrCreate);
            return free is not null;
        }
    }

    /// <summary>Whom the lease in the file store names; empty: nobody.</summary>
    private protected string Holder()
    {
        using var lease = JsonDocument.Parse(File.ReadAllText(LeaseFile));
        return lease.RootElement.GetProperty("spec").TryGetProperty("holderIdentity", out JsonElement holder)
            ? holder.GetString() ?? ""
            : "";
    }

    /// <summary>A kubeconfig of somebody whose token is in a file, as that of a service account is.</summary>
    private protected string KubeConfigOf(RealApiServer server, string tokenFile)
    {
        string file = Path.Combine(Folder, "kubeconfig");
        File.WriteAllText(file, $$"""
            {"apiVersion": "v1", "kind": "Config", "current-context": "c",
             "clusters": [{"name": "c", "cluster": {"server": "{{server.Url}}", "certificate-authority": "{{server.CertificateAuthorityFile}}" } }],
             "users": [{"name": "u", "user": {"tokenFile": "{{tokenFile}}" } }],
             "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u" } }]}
            """);
        return file;
    }

    private protected bool HasFile(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>What a script has written, which it does in one go.</summary>
    private protected string FileText(string name) => File.ReadAllText(Path.Combine(Folder, name)).Trim();

    private protected async Task<int> PidInAsync(SidecarProcess sidecar, string file)
    {
        await sidecar.UntilAsync(() => HasFile(file) && FileText(file).Length > 0, $"{file} to be written");
        return int.Parse(FileText(file), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a process runs; one that has ended and waits to be reaped does not.</summary>
    private protected static bool Runs(int pid) => ProcessEntry.Read(pid) is { HasEnded: false };
}
