using System.Text.Json.Nodes;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Testing.Chart;

/// <summary><c>charts/leader-elected-app</c>, to be rendered as helm does.</summary>
public sealed record HelmChart
{
    /// <summary>The version of the API server that tests have.</summary>
    public const string OldKubernetes = "1.20.2";

    /// <summary>Where it is.</summary>
    public static string Folder { get; } = Path.Combine(Checkout.Root, "charts", "leader-elected-app");

    /// <summary>The combinations of values that are tried, without <c>-values.yaml</c>.</summary>
    public static IReadOnlyList<string> Combinations { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Order(StringComparer.Ordinal)
            .Select(file => Path.GetFileName(file).Replace("-values.yaml", "", StringComparison.Ordinal)),
    ];

    /// <summary>The release.</summary>
    public string Release { get; init; } = "shop";

    /// <summary>The namespace.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The values, one of <see cref="Combinations"/>.</summary>
    public string Combination { get; init; } = "default";

    /// <summary>Values over these: <c>election.timing=fast</c>, the value in YAML.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The version of Kubernetes to render for.</summary>
    public string Kubernetes { get; init; } = OldKubernetes;

    /// <summary>What a combination says, without the chart's own values under it.</summary>
    public static JsonObject ValuesOf(string combination) =>
        YamlJson.Parse(File.ReadAllText(Path.Combine(Folder, "ci", combination + "-values.yaml")))!.AsObject();

    /// <summary>What helm would send to the API server.</summary>
    /// <exception cref="InvalidOperationException">It refuses the values: carries what it says.</exception>
    public async Task<RenderedChart> RenderAsync() => new(await RunAsync("template"));

    /// <summary>What helm prints after an installation.</summary>
    public async Task<string> NotesAsync()
    {
        string text = await RunAsync("install", "--dry-run=client");
        return text[(text.IndexOf("\nNOTES:\n", StringComparison.Ordinal) + "\nNOTES:\n".Length)..];
    }

    /// <summary>What it says about values that it refuses.</summary>
    public async Task<string> RefusalAsync()
    {
        ProgramResult result = await StartAsync("template");
        return result.ExitCode != 0
            ? result.Errors.Trim()
            : throw new InvalidOperationException($"Not refused: {string.Join(' ', Set)}");
    }

    private async Task<string> RunAsync(string command, params string[] flags)
    {
        ProgramResult result = await StartAsync(command, flags);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.Errors);
    }

    private Task<ProgramResult> StartAsync(string command, params string[] flags) => ProgramResult.OfAsync(
        ChartPrograms.Helm,
        [
            command, Release, Folder,
            "--namespace", Namespace,
            "--kube-version", Kubernetes,
            "-f", Path.Combine(Folder, "ci", Combination + "-values.yaml"),
            .. Set.SelectMany(value => new[] { "--set", value }),
            .. flags,
        ]);
}
