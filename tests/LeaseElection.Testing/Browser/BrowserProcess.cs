using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Browser;

/// <summary>A headless Chromium with a profile of its own, driven by the DevTools protocol.</summary>
public sealed class BrowserProcess : IAsyncDisposable
{
    private readonly GuardedProcess _process;
    private readonly DevTools _devTools;

    private BrowserProcess(GuardedProcess process, DevTools devTools)
    {
        _process = process;
        _devTools = devTools;
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<BrowserProcess> StartAsync()
    {
        string profile = Directory.CreateTempSubdirectory("leaseelection-browser-").FullName;
        string log = Path.Combine(profile, "log");
        GuardedProcess process = await GuardedProcess.StartAsync(
            BrowserProgram.Path,
            [
                "--headless=new",
                "--remote-debugging-port=0",
                $"--user-data-dir={profile}",
                "--no-sandbox", // Of the pages that it shows each is ours, and containers forbid the sandbox.
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--lang=en-GB",
                "about:blank",
            ],
            log,
            removeAtEnd: profile);
        try
        {
            string portFile = Path.Combine(profile, "DevToolsActivePort");
            await Polling.UntilAsync(() => Task.FromResult(IsWritten(portFile) || process.Exited.IsCompleted), TimeSpan.FromSeconds(60));
            if (process.Exited.IsCompleted)
                throw new InvalidOperationException($"Chromium ended with {await process.Exited}: {await File.ReadAllTextAsync(log)}");
            string[] lines = await File.ReadAllLinesAsync(portFile);
            DevTools devTools = await DevTools.ConnectAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{lines[0]}{lines[1]}")));
            return new BrowserProcess(process, devTools);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a window with no cookies and no cache.</summary>
    public Task<BrowserPage> OpenAsync() => BrowserPage.OpenAsync(_devTools);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // In good order, so that none of its processes writes to the profile any more when that is removed.
        Task closing = _devTools.SendAsync("Browser.close", null, session: null);
        await _process.Exited.WaitAsync(Signal.Patience);
        await _devTools.DisposeAsync();
        try
        {
            await closing;
        }
        catch (InvalidOperationException)
        {
            // It was gone before its answer had left it.
        }

        await _process.DisposeAsync();
    }

    /// <summary>Two lines, the port and the path of the socket.</summary>
    private static bool IsWritten(string portFile) => File.Exists(portFile) && File.ReadAllText(portFile).Split('\n') is [{ Length: > 0 }, { Length: > 30 }, ..];
}
