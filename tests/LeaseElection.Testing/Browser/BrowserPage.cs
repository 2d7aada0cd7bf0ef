using System.Collections.Concurrent;
using System.Text.Json;
using Xunit.Sdk;

namespace LeaseElection.Testing.Browser;

/// <summary>A window, what is done in it as a person would, and all that it complained about.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private readonly DevTools _devTools;
    private readonly string _context;
    private readonly string _session;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _dialogs = new();
    private readonly ConcurrentQueue<Uri> _requests = new();
    private readonly ConcurrentQueue<string> _loaded = new();
    private readonly Signal _hasLoaded = new();

    private BrowserPage(DevTools devTools, string context, string session)
    {
        _devTools = devTools;
        _context = context;
        _session = session;
        devTools.Listen(session, Hear);
    }

    /// <summary>Warnings and errors of the console, exceptions, violations of the policy, requests that failed.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>What it asked the user; the answer was always yes.</summary>
    public IReadOnlyCollection<string> Dialogs => _dialogs;

    /// <summary>Everything that it loaded or asked for.</summary>
    public IReadOnlyCollection<Uri> Requests => _requests;

    internal static async Task<BrowserPage> OpenAsync(DevTools devTools)
    {
        JsonElement context = await devTools.SendAsync("Target.createBrowserContext", null, session: null);
        string contextId = context.GetProperty("browserContextId").GetString()!;

        // A window and not a tab: what is hidden behind another tab is neither painted nor timed as what people look at.
        JsonElement target = await devTools.SendAsync(
            "Target.createTarget", new { url = "about:blank", browserContextId = contextId, newWindow = true }, session: null);
        JsonElement attached = await devTools.SendAsync(
            "Target.attachToTarget", new { targetId = target.GetProperty("targetId").GetString(), flatten = true }, session: null);
        var page = new BrowserPage(devTools, contextId, attached.GetProperty("sessionId").GetString()!);
        foreach (string domain in new[] { "Page", "Runtime", "Log", "Network", "Accessibility" })
            await page.SendAsync(domain + ".enable");
        await page.SendAsync("Page.setLifecycleEventsEnabled", new { enabled = true });
        await page.SendAsync("Emulation.setFocusEmulationEnabled", new { enabled = true });
        return page;
    }

    /// <summary>Goes there and waits until the page has loaded.</summary>
    public async Task GoAsync(Uri address)
    {
        JsonElement going = await SendAsync("Page.navigate", new { url = address.ToString() });

        // Of this very document: the news that the empty page of a new window has loaded may come only now.
        string document = going.GetProperty("loaderId").GetString()!;
        await _hasLoaded.WaitUntilAsync(() => _loaded.Contains(document), () => $"{address} to load: {going}");
    }

    /// <summary>The value of an expression, or of the promise that it is.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        JsonElement answer = await SendAsync(
            "Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true, userGesture = true });
        if (answer.TryGetProperty("exceptionDetails", out JsonElement thrown))
            throw new XunitException($"{expression}: {thrown}");
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value.Deserialize<T>()! : default!;
    }

    /// <summary>Waits until a condition on the document holds, looking at each change of it.</summary>
    /// <returns>When it held, by the clock of the machine.</returns>
    public async Task<DateTimeOffset> UntilAsync(string condition)
    {
        string promise = $$"""
            new Promise(resolve => {
              const holds = () => { if (!({{condition}})) return false; resolve(Date.now()); return true; };
              if (holds()) return;
              const observer = new MutationObserver(() => { if (holds()) observer.disconnect(); });
              observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
            })
            """;
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(await EvaluateAsync<long>(promise).WaitAsync(Signal.Patience));
        }
        catch (TimeoutException exception)
        {
            throw new XunitException($"Waited {Signal.Patience.TotalSeconds:0} s in vain for {condition} on\n{await TextAsync()}", exception);
        }
    }

    /// <summary>What a person reads.</summary>
    public Task<string> TextAsync() => EvaluateAsync<string>("document.body.innerText");

    /// <summary>Presses a key that has a name, and lets go.</summary>
    public async Task PressAsync(string key, int code, string? text = null)
    {
        await SendAsync("Input.dispatchKeyEvent", new { type = "keyDown", key, code = key, windowsVirtualKeyCode = code, text = text ?? "" });
        await SendAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = code });
    }

    /// <summary>What the user's settings are: <c>("prefers-color-scheme", "dark")</c>.</summary>
    public Task PreferAsync(params (string Name, string Value)[] features) => SendAsync(
        "Emulation.setEmulatedMedia", new { features = features.Select(feature => new { name = feature.Name, value = feature.Value }) });

    /// <summary>Makes the window so wide.</summary>
    public Task ResizeAsync(int width, int height) => SendAsync(
        "Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false });

    /// <summary>A PNG of what the window shows.</summary>
    public async Task<byte[]> PictureAsync() => (await SendAsync("Page.captureScreenshot", new { format = "png" })).GetProperty("data").GetBytesFromBase64();

    /// <summary>The page as a screen reader has it.</summary>
    public async Task<IReadOnlyList<AccessibleNode>> AccessibleAsync()
    {
        JsonElement tree = await SendAsync("Accessibility.getFullAXTree");
        return [.. tree.GetProperty("nodes").EnumerateArray().Where(node => !node.GetProperty("ignored").GetBoolean()).Select(AccessibleNode.Of)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await _devTools.SendAsync("Target.disposeBrowserContext", new { browserContextId = _context }, session: null);

    private Task<JsonElement> SendAsync(string method, object? parameters = null) => _devTools.SendAsync(method, parameters, _session);

    private void Hear(string method, JsonElement told)
    {
        switch (method)
        {
            case "Page.lifecycleEvent" when told.GetProperty("name").GetString() == "load":
                _loaded.Enqueue(told.GetProperty("loaderId").GetString()!);
                _hasLoaded.Pulse();
                break;
            case "Page.javascriptDialogOpening":
                _dialogs.Enqueue(told.GetProperty("message").GetString()!);
                _ = SendAsync("Page.handleJavaScriptDialog", new { accept = true }); // What fails here leaves the page waiting, and the test sees that.
                break;
            case "Network.requestWillBeSent":
                _requests.Enqueue(new Uri(told.GetProperty("request").GetProperty("url").GetString()!));
                break;
            case "Runtime.exceptionThrown":
                _complaints.Enqueue(told.ToString());
                break;
            case "Runtime.consoleAPICalled" when told.GetProperty("type").GetString() is "error" or "warning" or "assert":
                _complaints.Enqueue(told.GetProperty("args").ToString());
                break;
            case "Log.entryAdded" when told.GetProperty("entry").GetProperty("level").GetString() is "error" or "warning":
                _complaints.Enqueue(told.GetProperty("entry").ToString());
                break;
            default:
                break;
        }
    }
}
